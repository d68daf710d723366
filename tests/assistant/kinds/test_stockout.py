"""What may run out, and what is out now: against the published tables, read without the product."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest

from app import formats
from app.assistant import planning
from app.assistant.reading import Period, Reading, Topic
from app.assistant.speech import Speech
from app.assistant.stretches import planned_from
from metrics import Filter
from retail.errors import UnusableRequest
from retail.principal import Principal
from retail.vocabulary import Role

RISK = Reading(kind="stockout", topic=Topic.RISK)
OUT = Reading(kind="stockout", topic=Topic.OUT_NOW)
TODAY = date(2025, 6, 13)
LAKEVIEW = Filter(dimension="store", operator="=", value="Lakeview")


@pytest.fixture(scope="module")
def published(small_workspace) -> pd.DataFrame:
    query = "select * from marts.fct_stock_risk join marts.dim_stores using (store_id)"
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        return connection.sql(query).df()


def ahead(days: int) -> Period:
    return Period(name=f"next_{days}_days", first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=days))


def test_everything_with_a_chance_is_told_likely_first_with_the_most_sales_at_risk(answer_of, published) -> None:
    found = answer_of(RISK)
    assert {(r["product"], r["store"]) for r in found.rows} == {
        (r.product, r.store) for r in published[published.risk_14_days >= 0.1].itertuples()
    }
    keys = [(row["risk"] < 0.5, -row["expected_lost_amount"]) for row in found.rows]
    assert keys == sorted(keys)
    assert f": {(published.risk_14_days >= 0.5).sum()}" in found.text
    assert all(row["product"] in found.text for row in found.rows[:1])


@pytest.mark.parametrize("days", [7, 14, 28])
def test_a_published_stretch_answers_by_its_chance(answer_of, published, days: int) -> None:
    found = answer_of(RISK.model_copy(update={"period": ahead(days)}))
    risk = published.set_index(["product", "store"])[f"risk_{days}_days"]
    assert {(row["product"], row["store"]): row["risk"] for row in found.rows} == dict(risk[risk >= 0.1])
    assert f"by {formats.day(TODAY + timedelta(days=days - 1))}: {(risk >= 0.5).sum()}" in found.text


@pytest.mark.parametrize("days", [0, 1, 2, 10, 20])
def test_any_other_day_is_answered_by_the_published_dates_for_that_very_day(answer_of, published, days: int) -> None:
    last = TODAY + timedelta(days=days)
    found = answer_of(RISK.model_copy(update={"period": Period(first=min(last, TODAY), last=last)}))
    early, middle = (pd.to_datetime(published[name]).dt.date for name in ("early_stockout_date", "stockout_date"))
    may, likely = early <= last, middle <= last
    assert {(row["product"], row["store"]) for row in found.rows} == set(
        published[may][["product", "store"]].itertuples(index=False, name=None)
    )
    assert f"by {formats.day(last)}" in found.text
    assert [row["stockout_date"] is not None and row["stockout_date"] <= last for row in found.rows] == sorted(
        (row["stockout_date"] is not None and row["stockout_date"] <= last for row in found.rows), reverse=True
    )
    assert likely.sum() == 0 or f": {likely.sum()}" in found.text
    assert not any("risk" in row for row in found.rows)
    assert "published dates" in found.assumptions[0]


def test_what_is_beyond_the_published_days_is_said_to_be(answer_of) -> None:
    found = answer_of(RISK.model_copy(update={"period": ahead(90)}))
    assert formats.day(TODAY + timedelta(days=27)) in found.text
    assert any("fewer than was asked" in said for said in found.assumptions)


def test_the_plan_counts_from_the_day_it_was_made_unless_the_day_of_a_demo_stands_still() -> None:
    """A shop whose figures end on Wednesday and whose plan is made on Friday gets chances from Friday on."""

    def books(as_of_at: datetime | None, published: datetime) -> Any:
        described = SimpleNamespace(default_time_zone="Europe/Berlin", as_of_at=as_of_at)
        run = SimpleNamespace(published_at=published)
        return SimpleNamespace(
            today=TODAY,
            workspace=SimpleNamespace(describe=lambda: described),
            metrics=SimpleNamespace(serving=SimpleNamespace(run=run)),
        )

    friday = datetime(2025, 6, 15, 17, tzinfo=UTC)
    assert planned_from(books(None, friday)) == date(2025, 6, 15)
    assert planned_from(books(friday, friday)) == TODAY
    assert planned_from(books(None, datetime(2025, 7, 15, tzinfo=UTC))) == TODAY


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_manager_reads_three_sentences_without_false_precision(answer_of, language: str) -> None:
    for reading in (RISK, RISK.model_copy(update={"period": ahead(2)})):
        text = answer_of(reading, language=language).text
        assert language != "en" or text.count(". ") <= 2
        assert not re.search(r"\d[.,]\d+ ?%", text)
        assert len(text) < 420


@pytest.mark.parametrize(
    ("share", "said"), [(1.0, "over 99%"), (0.996, "over 99%"), (0.945, "94%"), (0.5, "50%"), (0.0, "under 1%")]
)
def test_a_chance_is_told_in_whole_percent_and_never_as_certain(small_metrics, share: float, said: str) -> None:
    assert planning.chance(share, Speech("en", small_metrics.catalogue)) == said


@pytest.mark.parametrize("split", ["category", "supplier", "store"])
def test_what_is_out_now_can_be_grouped(answer_of, small_metrics, split: str) -> None:
    found = answer_of(OUT.model_copy(update={"by": (split,)}))
    assert found.rows
    assert [str(row[split]) for row in found.rows] == sorted(str(row[split]) for row in found.rows)
    assert split in {column.name for column in found.columns}
    if split != "store":
        of = {r["product"]: r[split] for r in small_metrics.rows("dim_products", columns=("product", split)).rows}
        assert all(row[split] == of[row["product"]] for row in found.rows)
        assert f"Most by {split}" in found.text


def test_out_now_says_nothing_of_rates_that_no_source_tells(answer_of, small_metrics, monkeypatch) -> None:
    unknown = {"mean_daily_units": "no row of fct_stock_levels holds what it needs"}
    monkeypatch.setattr(small_metrics._run, "catalogue", replace(small_metrics.catalogue, unknown=unknown))
    found = answer_of(OUT)
    assert found.rows
    assert "28 days" not in " ".join((found.text, *found.assumptions))


def test_a_named_product_is_told_whatever_its_chance(answer_of, published) -> None:
    safe = published.sort_values("risk_14_days").iloc[0]
    where = (
        Filter(dimension="product", operator="=", value=safe["product"]),
        Filter(dimension="store", operator="=", value=safe["store"]),
    )
    found = answer_of(RISK.model_copy(update={"where": where}))
    assert [row["risk"] for row in found.rows] == [safe["risk_14_days"]]
    assert safe["product"] in found.text


@pytest.mark.parametrize("dimension", ["department", "category", "supplier", "sku"])
def test_filters_hold_whether_the_table_has_them_or_the_product(answer_of, small_metrics, dimension: str) -> None:
    rows = small_metrics.rows("dim_products", columns=("product", dimension)).rows
    wanted = next(str(row[dimension]) for row in rows if row[dimension])
    where = (Filter(dimension=dimension, operator="=", value=wanted), LAKEVIEW)
    found = answer_of(RISK.model_copy(update={"where": where}))
    own = {row["product"] for row in rows if row[dimension] == wanted}
    assert {row["product"] for row in found.rows} <= own
    assert {row["store"] for row in found.rows} <= {"Lakeview"}
    assert found.page is not None
    assert found.page.address["store"] == "S2"


def test_a_filter_that_stock_does_not_know_is_named_and_not_dropped(answer_of) -> None:
    for dimension, value in (("tender", "cash"), ("hour", 9), ("promotion", "x")):
        where = (Filter(dimension=dimension, operator="=", value=value),)
        with pytest.raises(UnusableRequest):
            answer_of(RISK.model_copy(update={"where": where}))


def test_the_past_has_no_chance_of_running_out(answer_of) -> None:
    past = Period(name="last_week", first=date(2025, 6, 2), last=date(2025, 6, 8))
    for reading in (RISK, OUT):
        with pytest.raises(UnusableRequest, match="stockout rate"):
            answer_of(reading.model_copy(update={"period": past}))


def test_out_of_stock_now_is_what_has_nothing_available(answer_of, small_workspace) -> None:
    query = """
        select product, store from marts.fct_stock_levels join marts.dim_products using (product_id)
        join marts.dim_stores using (store_id) where available <= 0
    """
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        gone = set(connection.sql(query).fetchall())
    found = answer_of(OUT)
    assert {(row["product"], row["store"]) for row in found.rows} == gone
    assert f"Out of stock now: {len(gone)} products" in found.text


def test_the_day_and_its_range_are_told(answer_of) -> None:
    row = next(row for row in answer_of(RISK).rows if row["stockout_date"])
    assert row["early_stockout_date"] <= row["stockout_date"] <= (row["late_stockout_date"] or date.max)


def test_german_says_the_same_rows_in_german(answer_of) -> None:
    english, german = answer_of(RISK), answer_of(RISK, language="de")
    assert [row["risk"] for row in german.rows] == [row["risk"] for row in english.rows]
    assert "Zuerst:" in german.text
    assert "Wahrscheinlichkeit" in german.assumptions[0]


def test_one_store_is_all_that_its_manager_sees(answer_of) -> None:
    manager = Principal("mia", Role.MANAGER, ("S2",))
    for reading in (RISK, OUT, RISK.model_copy(update={"where": (LAKEVIEW.model_copy(update={"value": "S1"}),)})):
        shown = answer_of(reading, manager)
        assert {row["store"] for row in shown.rows} <= {"Lakeview"}
        assert "Harbour" not in shown.text.removesuffix(" Harbour")


def test_without_stock_or_forecasts_it_says_what_is_missing(answer_of, small_metrics, monkeypatch) -> None:
    from app.assistant.books import Books

    monkeypatch.setattr(Books, "holds", lambda self, model: False)
    assert "no forecasts" in answer_of(RISK).text
    unknown = {"on_hand": "no source gives stock_levels or stock_movements"}
    monkeypatch.setattr(small_metrics._run, "catalogue", replace(small_metrics.catalogue, unknown=unknown))
    for language, words in (("en", "Connect a source with stock"), ("de", "Eine Quelle mit Beständen")):
        found = answer_of(RISK, language=language)
        assert words in found.text
        assert not found.rows
