"""What may run out, and what is out now: against the published tables, read without the product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest

from app.assistant.reading import Period, Reading, Topic
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
    assert f": {(published.risk_14_days >= 0.5).sum()} products in stores" in found.text
    assert all(row["product"] in found.text for row in found.rows[:1])


@pytest.mark.parametrize(("days", "column"), [(1, "7"), (7, "7"), (10, "14"), (21, "28"), (90, "28")])
def test_the_nearest_published_stretch_answers_and_is_named(answer_of, published, days: int, column: str) -> None:
    found = answer_of(RISK.model_copy(update={"period": ahead(days)}))
    risk = published.set_index(["product", "store"])[f"risk_{column}_days"]
    assert all(row["risk"] == risk[row["product"], row["store"]] for row in found.rows)
    assert f"within {column} days" in found.text
    assert any("nearest to what was asked" in said for said in found.assumptions) == (days not in {7, 14, 28})


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
