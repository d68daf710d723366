"""Slow and unsold stock: against the published tables, read without the product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pytest

from app.assistant.books import Books
from app.assistant.reading import Period, Reading, Topic
from metrics import Filter
from retail.errors import UnusableRequest
from retail.principal import Principal
from retail.vocabulary import Role

SLOW = Reading(kind="slow_movers", topic=Topic.SLOW)
UNSOLD = Reading(kind="slow_movers", topic=Topic.UNSOLD)
QUARTER = Period(name="last_90_days", first=date(2025, 3, 16), last=date(2025, 6, 13))
_STOCK = """
    select product, launched_date, sum(on_hand)::double on_hand, sum(available)::double available,
        sum(mean_daily_units)::double rate
    from marts.fct_stock_levels join marts.dim_products using (product_id) group by all
"""
_SOLD = """
    select product, business_date, sum(quantity)::double units
    from marts.fct_sale_lines join marts.dim_products p using (product_id)
    where quantity > 0 and p.kind = 'goods' group by all
"""


@pytest.fixture(scope="module")
def published(small_workspace) -> tuple[pd.DataFrame, pd.DataFrame]:
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        return connection.sql(_STOCK).df().set_index("product"), connection.sql(_SOLD).df()


def units(sold: pd.DataFrame, first: date, last: date) -> pd.Series:
    days = pd.to_datetime(sold.business_date).dt.date
    return sold[(days >= first) & (days <= last)].groupby("product").units.sum()


def test_slow_is_what_lasts_more_than_sixty_days_the_longest_first(answer_of, published) -> None:
    stock, _ = published
    held = stock[(stock.on_hand > 0) & (stock.available > 0)]
    cover = (held.available / held.rate.where(held.rate > 0)).fillna(float("inf"))
    slow = cover[cover > 60].sort_values(ascending=False)
    found = answer_of(SLOW)
    assert [row["product"] for row in found.rows] == list(slow.index)
    assert [row["lasts_days"] for row in found.rows] == pytest.approx(list(slow))
    assert f"Slow: {len(slow)} of {len(held)} products" in found.text


def test_over_another_period_the_units_sold_in_it_are_the_rate_and_new_products_are_apart(answer_of, published) -> None:
    stock, sold = published
    found = answer_of(SLOW.model_copy(update={"period": QUARTER, "limit": 40}))
    in_period = units(sold, QUARTER.first, QUARTER.last)
    for row in found.rows:
        assert row["lasts_days"] == pytest.approx(row["available"] / (in_period[row["product"]] / 90))
    new = stock[pd.to_datetime(stock.launched_date).dt.date >= QUARTER.first].index
    assert len(new)
    assert not {row["product"] for row in found.rows} & set(new)
    assert any("Launched too recently" in said and new[0] in said for said in found.assumptions)


def test_unsold_is_what_lies_there_without_a_sale(answer_of, published) -> None:
    stock, sold = published
    for first, last in ((date(2025, 5, 17), date(2025, 6, 13)), (date(2025, 6, 9), date(2025, 6, 13))):
        period = Period(first=first, last=last)
        recent = set(stock[pd.to_datetime(stock.launched_date).dt.date >= first].index)
        expected = set(stock[stock.on_hand > 0].index) - set(units(sold, first, last).index) - recent
        found = answer_of(UNSOLD.model_copy(update={"period": period, "limit": 100}))
        assert {row["product"] for row in found.rows} == expected


def test_staff_see_units_and_no_value(answer_of) -> None:
    for reading in (SLOW, UNSOLD):
        found = answer_of(reading, Principal("sam", Role.STAFF))
        assert "stock_value" not in found.rows[0]
        assert "$" not in found.text


def test_a_store_is_narrowed_and_can_be_a_split(answer_of) -> None:
    where = (Filter(dimension="store", operator="=", value="Lakeview"),)
    narrowed = answer_of(SLOW.model_copy(update={"where": where, "by": ("store",), "limit": 100}))
    assert narrowed.rows
    assert {row["store"] for row in narrowed.rows} == {"Lakeview"}
    split = answer_of(SLOW.model_copy(update={"by": ("store",), "limit": 100}))
    assert {row["store"] for row in split.rows} == {"Lakeview", "Harbour Street"}


def test_days_that_have_not_come_are_no_period(answer_of) -> None:
    with pytest.raises(UnusableRequest):
        answer_of(SLOW.model_copy(update={"period": Period(first=date(2025, 6, 14), last=date(2025, 6, 20))}))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Which stock is slow cannot be said"), ("de", "Welcher Bestand")]
)
def test_without_stock_the_fewest_sales_are_told_and_called_that(
    answer_of, published, small_metrics, monkeypatch, language: str, words: str
) -> None:
    unknown = {"on_hand": "no source gives stock_levels or stock_movements"}
    monkeypatch.setattr(small_metrics._run, "catalogue", replace(small_metrics.catalogue, unknown=unknown))
    found = answer_of(SLOW.model_copy(update={"limit": 100}), language=language)
    assert found.text.startswith(words)
    _, sold = published
    before = units(sold, date(2025, 2, 22), date(2025, 5, 16))
    now = units(sold, date(2025, 5, 17), date(2025, 6, 13)).reindex(before.index, fill_value=0)
    assert {row["product"]: (row["units_sold"], row["units_before"]) for row in found.rows} == {
        name: (now[name], before[name]) for name in before.index
    }
    assert [row["units_sold"] for row in found.rows] == sorted(now)


def test_a_rate_that_no_source_tells_is_no_rate_of_zero(answer_of, published, small_metrics, monkeypatch) -> None:
    """A shop with levels of stock only: what sells is not said to stand still, and how it was reckoned is said."""
    stock, sold = published
    unknown = {"mean_daily_units": "no row of fct_stock_levels holds what it needs"}
    monkeypatch.setattr(small_metrics._run, "catalogue", replace(small_metrics.catalogue, unknown=unknown))
    found = answer_of(SLOW.model_copy(update={"limit": 500}))
    units_sold = units(sold, date(2025, 5, 17), date(2025, 6, 13))
    for row in found.rows:
        expected = units_sold.get(row["product"], 0.0) / 28
        assert row["lasts_days"] == (pytest.approx(row["available"] / expected) if expected else None)
    held = stock[(stock.on_hand > 0) & (stock.available > 0)]
    cover = held.available / (units_sold.reindex(held.index).fillna(0) / 28)
    slow = set(cover[cover > 60].index) - new_since(stock, date(2025, 5, 17))
    assert {row["product"] for row in found.rows} == slow
    assert any("which days there was stock" in said for said in found.assumptions)
    assert any("units sold a day" in said for said in found.assumptions)


def new_since(stock: pd.DataFrame, day: date) -> set[str]:
    return set(stock[pd.to_datetime(stock.launched_date).dt.date >= day].index)


def test_where_only_some_rates_are_known_the_others_come_from_what_sold(answer_of, published, monkeypatch) -> None:
    stock, sold = published
    name = next(
        n
        for n in stock.sort_values("available").index
        if n in set(units(sold, date(2025, 5, 17), date(2025, 6, 13)).index)
    )
    plain = Books.query

    def query(self: Books, *metrics: str, **more: Any) -> Any:
        result = plain(self, *metrics, **more)
        for row in result.rows:
            if row.get("product") == name and "mean_daily_units" in row:
                row["mean_daily_units"] = None
        return result

    monkeypatch.setattr(Books, "query", query)
    where = (Filter(dimension="product", operator="=", value=name),)
    (row,) = answer_of(SLOW.model_copy(update={"where": where})).rows
    sold_a_day = units(sold, date(2025, 5, 17), date(2025, 6, 13))[name] / 28
    assert row["lasts_days"] == pytest.approx(stock.available[name] / sold_a_day)
