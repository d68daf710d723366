"""Every metric with a promised meaning, computed a second time with pandas from the delivered files alone.

The expected answers come from the meanings that users are promised (docs/retail-model.md and the descriptions of the
metrics), never from the SQL that computes them, so that a definition misread there shows here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from metrics import Filter, MetricQuery, Metrics, Result
from retail.workspace import Workspace

CENT = 0.005
ADDED_UP = {
    "net_sales": "net",
    "sales_with_tax": "with_tax",
    "tax_amount": "tax_amount",
    "discount_amount": "discount",
    "charges_amount": "charge",
    "units_sold": "sold",
    "units_returned": "returned",
    "units_net": "moved",
}
"""Metrics that are sums over lines, and the column of the gold lines that each one sums."""
TICKETS = ("transactions", "return_transactions", "average_basket")
MARGINS = ("gross_margin", "gross_margin_rate")
SALES = (*ADDED_UP, *TICKETS, *MARGINS)
RATES = ("average_basket", "gross_margin_rate", "days_of_cover", "stockout_rate")
"""Metrics where nothing to divide by is null; a sum over nothing is a nought."""
SPLITS = (
    (),
    ("store",),
    ("department",),
    ("category",),
    ("supplier",),
    ("sku",),
    ("promotion",),
    ("channel",),
    ("day",),
    ("week",),
    ("month",),
    ("quarter",),
    ("weekday",),
    ("hour",),
    ("store", "month"),
    ("category", "channel", "store"),
)
NOW = ("on_hand", "reserved", "available", "on_order", "stock_value")
ON_RANGE_DAYS = 90
COVER_DAYS = 28


@dataclass(frozen=True)
class Files:
    """The delivered files, read and put together with pandas.

    Attributes:
        lines: Lines of completed tickets with their product, store and store-local day.
        payments: Payments of completed tickets, likewise.
        stock: Store and product now.
        days: Store, product and complete day on range.
        as_of: The business day that counts as today.
    """

    lines: pd.DataFrame
    payments: pd.DataFrame
    stock: pd.DataFrame
    days: pd.DataFrame
    as_of: date


@pytest.fixture(scope="module")
def files(small_workspace: Workspace) -> Files:
    folder = small_workspace.incoming
    stores = _table(folder, "stores")
    products = _products(folder)
    tickets = _tickets(folder, stores)
    lines = _counted_lines(folder, tickets, products)
    as_of = small_workspace.published().run.as_of_date
    days = _days_on_range(folder, stores, lines, as_of)
    named = stores[["store_id", "name"]].rename(columns={"name": "store"})
    payments = _table(folder, "payments").drop(columns="store_id").merge(tickets, on="sale_id")
    stock = _stock_now(folder, products, days).merge(named, on="store_id")
    return Files(lines, payments, stock, days.merge(named, on="store_id").merge(products, on="product_id"), as_of)


@pytest.fixture(scope="module")
def metrics(small_workspace: Workspace) -> Iterator[Metrics]:
    opened = Metrics.open(small_workspace)
    yield opened
    opened.close()


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv")


def _store_day(moments: pd.Series, time_zones: pd.Series) -> pd.DataFrame:
    """Day and hour on the wall of each row's store."""
    parsed = pd.to_datetime(moments, utc=True, format="ISO8601")
    clocks = [moment.tz_convert(zone) for moment, zone in zip(parsed, time_zones, strict=True)]
    return pd.DataFrame(
        {
            "day": pd.to_datetime([clock.date() for clock in clocks]),
            "hour": [clock.hour for clock in clocks],
        },
        index=moments.index,
    )


def _products(folder: Path) -> pd.DataFrame:
    products = _table(folder, "products")
    levels = products["category_path"].str.split(" > ", expand=True)
    terms = _table(folder, "supplier_terms")
    preferred = terms[terms["is_preferred"]].merge(_table(folder, "suppliers"), on="supplier_id")
    named = preferred.set_index("product_id")["name"]
    return pd.DataFrame(
        {
            "product_id": products["product_id"],
            "sku": products["sku"],
            "department": levels[0],
            "category": levels[1],
            "supplier": products["product_id"].map(named),
            "cost": products["cost"],
            "last_day": pd.to_datetime(products["discontinued_date"]),
        }
    )


def _tickets(folder: Path, stores: pd.DataFrame) -> pd.DataFrame:
    """Completed tickets with their store's local day."""
    sales = _table(folder, "sales")
    sales = sales[sales["status"] == "completed"].merge(stores[["store_id", "name", "time_zone"]], on="store_id")
    local = _store_day(sales["sold_at"], sales["time_zone"])
    tickets = sales[["sale_id", "store_id", "channel"]].assign(store=sales["name"]).join(local)
    return tickets.assign(
        week=tickets["day"] - pd.to_timedelta(tickets["day"].dt.day_of_week, unit="D"),
        month=tickets["day"].dt.to_period("M").dt.start_time,
        quarter=tickets["day"].dt.to_period("Q").dt.start_time,
        weekday=tickets["day"].dt.strftime("%a"),
    )


def _counted_lines(folder: Path, tickets: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    lines = _table(folder, "sale_lines").drop(columns=["store_id", "channel", "sold_at"])
    lines = lines.merge(tickets, on="sale_id").merge(products, on="product_id", how="left")
    promotions = _table(folder, "promotions").drop_duplicates("promotion_id").set_index("promotion_id")["name"]
    is_goods = lines["line_type"] == "goods"
    is_charge = lines["line_type"] == "charge"
    is_reward = lines["line_type"] == "discount"
    net = lines["net_amount"].where(~is_charge, 0.0)
    is_costed = is_goods & lines["unit_cost"].notna()
    is_sale_line = is_goods & (lines["quantity"] > 0)
    is_return_line = is_goods & (lines["quantity"] < 0)
    return lines.assign(
        promotion=lines["promotion_id"].map(promotions),
        net=net,
        with_tax=net + lines["tax_amount"].where(~is_charge, 0.0),
        discount=lines["discount_amount"].where(~is_reward, -lines["net_amount"]),
        charge=lines["net_amount"].where(is_charge, 0.0),
        sold=lines["quantity"].clip(lower=0).where(is_goods, 0),
        returned=-lines["quantity"].clip(upper=0).where(is_goods, 0),
        moved=lines["quantity"].where(is_goods, 0),
        goods_net=lines["net_amount"].where(is_goods, 0.0),
        costed_net=lines["net_amount"].where(is_costed),
        cost_of_line=(lines["unit_cost"] * lines["quantity"]).where(is_costed),
        sold_on=lines["sale_id"].where(is_sale_line),
        returned_on=lines["sale_id"].where(is_return_line & ~lines["sale_id"].isin(lines["sale_id"][is_sale_line])),
    )


def _days_on_range(folder: Path, stores: pd.DataFrame, lines: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """One row per store, product and day with a sale or stock in the 90 days that end with it."""
    moves = _table(folder, "stock_movements").merge(stores[["store_id", "time_zone"]], on="store_id")
    moves = moves.join(_store_day(moves["moved_at"], moves["time_zone"]))
    key = ["store_id", "product_id", "day"]
    moved = moves.groupby(key)["quantity"].sum()
    sold = lines.groupby(key)[["sold", "moved", "goods_net"]].sum()
    every_day = pd.date_range(moves["day"].min(), pd.Timestamp(as_of))
    pieces = []
    for (store, product), of_pair in moved.groupby(level=[0, 1]):
        at_close = of_pair.droplevel([0, 1]).reindex(every_day, fill_value=0).cumsum()
        pair = sold.loc[(store, product)].reindex(every_day, fill_value=0).assign(at_close=at_close)
        alive = ((pair["at_close"] > 0) | (pair["sold"] > 0)).astype(int)
        is_on_range = alive.rolling(ON_RANGE_DAYS, min_periods=1).max() > 0
        pieces.append(_with_demand(pair[is_on_range]).assign(store_id=store, product_id=product))
    days = pd.concat(pieces).rename_axis("day").reset_index()
    days = days[days["day"] < pd.Timestamp(as_of)]
    return days.assign(month=days["day"].dt.to_period("M").dt.start_time)


def _with_demand(pair: pd.DataFrame) -> pd.DataFrame:
    """Add what a usual day sold, and at which price, over the last 28 days with stock at close."""
    is_out = pair["at_close"] <= 0
    usual = pair.loc[~is_out, ["sold", "moved", "goods_net"]].rolling(COVER_DAYS, min_periods=1)
    usual_day = usual.mean().reindex(pair.index).ffill()
    return pair.assign(
        is_out=is_out, usual_units=usual_day["sold"], usual_price=usual_day["goods_net"] / usual_day["moved"]
    )


def _stock_now(folder: Path, products: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Store and product now: what lies there, what is ordered and still to come, and what it is worth."""
    key = ["store_id", "product_id"]
    orders = _table(folder, "purchase_orders")
    waiting = orders[orders["status"] == "open"][["purchase_order_id", "store_id"]]
    ordered = _table(folder, "purchase_order_lines").merge(waiting, on="purchase_order_id")
    receipts = _table(folder, "receipts")
    received = receipts.groupby("purchase_order_line_id")["quantity"].sum()
    came = ordered["purchase_order_line_id"].map(received).fillna(0)
    ordered = ordered.assign(on_order=(ordered["quantity"] - came).clip(lower=0)).groupby(key)["on_order"].sum()
    stock = _table(folder, "stock_levels").merge(products, on="product_id").join(ordered, on=key)
    latest = receipts.dropna(subset="unit_cost").sort_values("received_at").groupby("product_id")["unit_cost"].last()
    cost = stock["cost"].fillna(stock["product_id"].map(latest))
    return stock.assign(
        on_order=stock["on_order"].fillna(0),
        available=stock["on_hand"] - stock["reserved"],
        stock_value=stock["on_hand"] * cost,
    ).join(_mean_daily_units(days), on=key)


def _mean_daily_units(days: pd.DataFrame) -> pd.Series:
    recent = days[~days["is_out"]].sort_values("day").groupby(["store_id", "product_id"]).tail(COVER_DAYS)
    return recent.groupby(["store_id", "product_id"])["sold"].mean().rename("mean_daily_units")


def _ask(metrics: Metrics, names: tuple[str, ...], by: tuple[str, ...], **more: object) -> pd.DataFrame:
    result: Result = metrics.query(MetricQuery.model_validate({"metrics": names, "by": by, **more}))
    assert [column.name for column in result.columns] == [*by, *names]
    assert not result.truncated
    return result.frame()


def _assert_same(answered: pd.DataFrame, expected: pd.DataFrame, by: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Hold every number of every group to the expected one."""
    if not by:
        answered, expected, by = answered.assign(all=1), expected.assign(all=1), ("all",)
    both = expected.merge(answered, on=list(by), how="outer", suffixes=("_expected", "_answered"), validate="1:1")
    for name in names:
        expected_values, answered_values = both[f"{name}_expected"], both[f"{name}_answered"]
        if name not in RATES:
            expected_values, answered_values = expected_values.fillna(0), answered_values.fillna(0)
        pd.testing.assert_series_equal(
            answered_values.astype(float),
            expected_values.astype(float),
            check_names=False,
            rtol=1e-6,
            atol=CENT,
            obj=f"{name} by {', '.join(by)}",
        )


def _groups(rows: pd.DataFrame, by: tuple[str, ...]) -> pd.api.typing.DataFrameGroupBy:
    return rows.groupby(list(by), dropna=False) if by else rows.groupby(lambda _: 0)


def _sales_metrics(lines: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    groups = _groups(lines, by)
    sums = groups[[*ADDED_UP.values(), "costed_net", "cost_of_line"]].sum()
    expected = sums.rename(columns={column: metric for metric, column in ADDED_UP.items()})
    expected["transactions"] = groups["sold_on"].nunique()
    expected["return_transactions"] = groups["returned_on"].nunique()
    expected["average_basket"] = sums["net"] / expected["transactions"].where(expected["transactions"] > 0)
    has_cost = groups["costed_net"].count() > 0
    expected["gross_margin"] = (sums["costed_net"] - sums["cost_of_line"]).where(has_cost)
    expected["gross_margin_rate"] = expected["gross_margin"] / sums["costed_net"].where(sums["costed_net"] != 0)
    return expected.reset_index(drop=not by)


@pytest.mark.parametrize("by", SPLITS, ids="-".join)
def test_sales_are_those_that_the_files_add_up_to(files: Files, metrics: Metrics, by: tuple[str, ...]) -> None:
    _assert_same(_ask(metrics, SALES, by), _sales_metrics(files.lines, by), by, SALES)


@pytest.mark.parametrize("by", [(), ("store",), ("week",)], ids="-".join)
def test_a_period_has_both_its_days_and_a_comparison_keeps_what_it_says(
    files: Files, metrics: Metrics, by: tuple[str, ...]
) -> None:
    first, last = date(2025, 3, 5), date(2025, 4, 18)
    lines = files.lines[files.lines["day"].between(pd.Timestamp(first), pd.Timestamp(last))]
    dairy = lines[(lines["department"] == "Dairy") & (lines["channel"] != "online")]
    where = (Filter(dimension="department", operator="=", value="Dairy"),)
    where += (Filter(dimension="channel", operator="in", value=("pos", "order")),)
    answered = _ask(metrics, SALES, by, from_date=first, to_date=last, where=where)
    _assert_same(answered, _sales_metrics(dairy, by), by, SALES)


def test_the_share_without_cost_is_a_warning(files: Files, metrics: Metrics) -> None:
    left_out = 1 - files.lines["costed_net"].sum() / files.lines["net"].sum()
    warnings = metrics.query(MetricQuery(metrics=("gross_margin",))).warnings
    assert any(f"{left_out:.1%}" in warning for warning in warnings), warnings


@pytest.mark.parametrize("by", [(), ("tender",), ("store", "tender"), ("tender", "month"), ("day",)], ids="-".join)
def test_payments_are_money_taken_minus_change_given(files: Files, metrics: Metrics, by: tuple[str, ...]) -> None:
    assert (files.payments["amount"] < 0).any()
    expected = _groups(files.payments, by)[["amount"]].sum().rename(columns={"amount": "payments_amount"})
    names = ("payments_amount",)
    _assert_same(_ask(metrics, names, by), expected.reset_index(drop=not by), by, names)


@pytest.mark.parametrize("by", [(), ("store",), ("category",), ("supplier",), ("sku", "store")], ids="-".join)
def test_stock_now_is_what_was_counted_and_what_is_still_to_come(
    files: Files, metrics: Metrics, by: tuple[str, ...]
) -> None:
    groups = _groups(files.stock, by)
    expected = groups[[*NOW, "mean_daily_units"]].sum()
    expected["days_of_cover"] = expected["available"] / expected["mean_daily_units"].where(
        expected["mean_daily_units"] > 0
    )
    names = (*NOW, "days_of_cover")
    _assert_same(_ask(metrics, names, by), expected.reset_index(drop=not by), by, names)


@pytest.mark.parametrize("by", [(), ("store",), ("category",), ("month",), ("sku", "store"), ("day",)], ids="-".join)
def test_days_without_stock_and_what_they_cost_follow_from_the_movements(
    files: Files, metrics: Metrics, by: tuple[str, ...]
) -> None:
    """The as-of day has no close yet, so it counts neither as a day on range nor as one without stock."""
    days = files.days
    is_on_sale = days["last_day"].isna() | (days["day"] <= days["last_day"])
    unserved = (days["usual_units"] - days["sold"]).clip(lower=0).where(days["is_out"] & is_on_sale, 0.0).fillna(0)
    days = days.assign(
        lost_units_estimate=unserved, lost_sales_estimate=unserved * days["usual_price"].where(unserved > 0, 0.0)
    )
    assert days["is_out"].any()
    groups = _groups(days, by)
    expected = groups[["lost_units_estimate", "lost_sales_estimate"]].sum()
    expected["stockout_rate"] = groups["is_out"].mean()
    names = ("stockout_rate", "lost_units_estimate", "lost_sales_estimate")
    answered = _ask(metrics, names, by)
    if by == ("day",):
        answered = answered[answered["day"] < pd.Timestamp(files.as_of)]
    _assert_same(answered, expected.reset_index(drop=not by), by, names)
