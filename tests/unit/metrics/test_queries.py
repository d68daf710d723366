"""Metric queries against figures worked out in plain SQL, on values chosen to break a weaker compiler."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date

import duckdb
import pytest

from metrics import Filter, MetricQuery, Metrics, parse_where
from retail.errors import UnusableRequest
from retail.workspace import Workspace

HOSTILE = ["{{ 7*7 }} Party Banner", '{% raw %}"; drop table x; -- {# é', "Farmer's Loaf"]


@pytest.fixture(scope="module")
def plain(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    """The serving file by itself, for figures that owe nothing to the package."""
    connection = duckdb.connect(workspace.published().database, read_only=True)
    connection.execute("set schema = 'marts'")
    return connection


def ask(metrics: Metrics, names: str, by: str = "", where: tuple[str, ...] = (), **more: object) -> list[dict]:
    query = MetricQuery(
        metrics=tuple(names.split(",")),
        by=tuple(by.split(",")) if by else (),
        where=tuple(parse_where(text) for text in where),
        **more,
    )
    return metrics.query(query).rows


def test_columns_carry_exactly_the_names_asked_for(metrics: Metrics) -> None:
    rows = ask(metrics, "Revenue,average basket", "store,week", limit=1)
    assert list(rows[0]) == ["store", "week", "Revenue", "average basket"]


def test_a_week_begins_on_monday_and_every_grain_adds_up_to_the_total(metrics: Metrics) -> None:
    total = ask(metrics, "net_sales")[0]["net_sales"]
    for grain in ("hour", "day", "week", "month", "quarter", "year", "weekday", "store", "product", "promotion"):
        rows = ask(metrics, "net_sales", grain)
        assert sum(row["net_sales"] for row in rows) == pytest.approx(total)
        if grain == "week":
            assert all(row["week"].weekday() == 0 for row in rows)


def test_a_period_cuts_inside_a_week_on_both_sides(metrics: Metrics, plain) -> None:
    first, last = date(2025, 1, 1), date(2025, 1, 8)
    expected = plain.execute(
        "select sum(net_amount) from fct_sale_lines where business_date between ? and ?", [first, last]
    ).fetchone()
    for by in ("", "week", "month", "day"):
        rows = ask(metrics, "net_sales", by, from_date=first, to_date=last)
        assert sum(row["net_sales"] for row in rows) == pytest.approx(float(expected[0]))


def test_weekdays_come_in_their_order(metrics: Metrics) -> None:
    assert [row["weekday"] for row in ask(metrics, "net_sales", "weekday")] == [
        "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
    ]  # fmt: skip
    rows = ask(metrics, "net_sales", "weekday", ("weekday in ('saturday', 'Sun')",))
    assert [row["weekday"] for row in rows] == ["Sat", "Sun"]


@pytest.mark.parametrize("product", HOSTILE)
def test_a_hostile_name_is_a_value_and_nothing_else(metrics: Metrics, plain, product: str) -> None:
    expected = plain.execute(
        "select sum(units_sold) from fct_sale_lines join dim_products using (product_id) where product = ?", [product]
    ).fetchone()
    query = MetricQuery(metrics=("units_sold",), where=(Filter(dimension="product", operator="=", value=product),))
    assert metrics.query(query).rows == [{"units_sold": float(expected[0])}]
    inside = Filter(dimension="product", operator="in", value=(product, "{{ 1/0 }}", "' or 1=1 --"))
    rows = metrics.query(MetricQuery(metrics=("units_sold",), by=("product",), where=(inside,))).rows
    assert [row["product"] for row in rows] == [product]


@pytest.mark.parametrize("reference", ["files:S2", "S2", "Old Town", "old town", "s2"])
def test_a_store_is_found_by_id_code_and_name(metrics: Metrics, reference: str) -> None:
    assert [row["store"] for row in ask(metrics, "net_sales", "store", (f"store = '{reference}'",))] == ["Old Town"]


def test_metrics_of_different_tables_meet_on_their_splits(metrics: Metrics, plain) -> None:
    rows = ask(metrics, "net_sales,payments_amount,on_hand", "store")
    expected = plain.execute(
        "select store, (select sum(net_amount) from fct_sale_lines l where l.store_id = s.store_id), "
        "(select sum(amount) from fct_payments p where p.store_id = s.store_id), "
        "(select sum(on_hand) from fct_stock_levels k where k.store_id = s.store_id) from dim_stores s order by 1"
    ).fetchall()
    assert [tuple(row.values()) for row in rows] == [(s, *map(float, numbers)) for s, *numbers in expected]


def test_averages_divide_totals(metrics: Metrics, plain) -> None:
    row = ask(metrics, "average_basket,return_rate,discount_rate,gross_sales,transactions,return_transactions")[0]
    net, sold, returned, discount, tickets, returns = plain.execute(
        "select sum(net_amount)::double, sum(units_sold)::double, sum(units_returned)::double, "
        "sum(discount_amount)::double, count(distinct sale_id) filter (where quantity > 0), "
        "count(distinct sale_id) filter (where is_return_only_ticket) from fct_sale_lines"
    ).fetchone()
    assert row["transactions"] == tickets
    assert row["return_transactions"] == returns
    assert row["average_basket"] == pytest.approx(net / tickets)
    assert row["return_rate"] == pytest.approx(returned / sold)
    assert row["discount_rate"] == pytest.approx(discount / (net + discount))


def test_margin_uses_costed_lines_on_both_sides_and_says_what_it_leaves_out(metrics: Metrics, plain) -> None:
    result = metrics.query(MetricQuery(metrics=("gross_margin", "gross_margin_rate")))
    costed, cost = plain.execute(
        "select sum(net_amount)::double, sum(cost_amount)::double from fct_sale_lines where cost_amount is not null"
    ).fetchone()
    assert result.rows[0]["gross_margin"] == pytest.approx(costed - cost)
    assert result.rows[0]["gross_margin_rate"] == pytest.approx((costed - cost) / costed)
    assert "Cost is unknown for 7.6% of net sales here; margin and cost leave those lines out." in result.warnings
    bakery = MetricQuery(metrics=("gross_margin",), where=(parse_where("category = 'Bakery'"),))
    assert not metrics.query(bakery).warnings


def test_stock_value_says_how_many_products_it_leaves_out(metrics: Metrics) -> None:
    result = metrics.query(MetricQuery(metrics=("stock_value",), by=("store",)))
    assert result.warnings == ("Stock value leaves out 1 product without known cost: 25.0% of units on hand here.",)
    bakery = MetricQuery(metrics=("stock_value",), where=(parse_where("category = 'Bakery'"),))
    assert not metrics.query(bakery).warnings
    row = ask(metrics, "products_without_cost,stock_value_covered_share", where=("category = 'Dairy'",))[0]
    assert row == {"products_without_cost": 1, "stock_value_covered_share": 0}


def test_stock_over_time_is_the_last_close_and_never_a_sum(metrics: Metrics, plain) -> None:
    rows = ask(metrics, "stock_on_hand_at_close", "week")
    for row in rows:
        last = plain.execute(
            "select sum(on_hand)::double from fct_stock_daily where business_date = "
            "(select max(business_date) from fct_stock_daily where date_trunc('week', business_date) = ?)",
            [row["week"]],
        ).fetchone()
        assert row["stock_on_hand_at_close"] == last[0]


def test_stock_now_ignores_the_period_and_says_so(metrics: Metrics) -> None:
    result = metrics.query(MetricQuery(metrics=("on_hand", "net_sales"), from_date=date(2025, 1, 19)))
    assert result.rows[0]["on_hand"] == 120
    assert result.warnings == ("On hand is known for now only; the period does not apply to it.",)
    with pytest.raises(UnusableRequest, match="known for now only"):
        ask(metrics, "on_hand", "week")


def test_what_no_source_gives_is_null_with_the_reason_and_never_zero(metrics: Metrics) -> None:
    result = metrics.query(MetricQuery(metrics=("on_order", "on_hand"), by=("store",)))
    assert {row["on_order"] for row in result.rows} == {None}
    assert result.warnings == (
        "On order is not known: no source gives purchase_orders (files: no file purchase_orders).",
    )
    assert metrics.query(MetricQuery(metrics=("on_order",))).rows == [{"on_order": None}]


def test_rows_are_ordered_and_limited_as_asked(metrics: Metrics) -> None:
    rows = ask(metrics, "net_sales", "product", order_by=("-net_sales",), limit=2)
    everything = sorted((row["net_sales"] for row in ask(metrics, "net_sales", "product")), reverse=True)
    assert [row["net_sales"] for row in rows] == everything[:2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("net_sale",), "Did you mean net_sales"),
        (("net_sales", "stor"), "Did you mean store"),
        (("net_sales", "tender"), "tender applies to payments_amount"),
        (("net_sales", "", ("store = 'S9'",)), "There is no store 'S9'"),
        (("net_sales", "", ("hour = 'noon'",)), "hour is a number"),
        (("net_sales", "", ("week = 'soon'",)), "is no date"),
        (("net_sales", "", ("weekday = 'Foo'",)), "is no weekday"),
        (("on_hand", "", ("channel = 'pos'",)), "channel does not apply to on_hand"),
        (("net_sales,net_sales",), "asked for twice"),
    ],
)
def test_what_cannot_be_answered_names_what_can(metrics: Metrics, arguments: tuple, message: str) -> None:
    with pytest.raises(UnusableRequest, match=message):
        ask(metrics, *arguments)


def test_a_period_that_ends_before_it_begins_is_unusable(metrics: Metrics) -> None:
    with pytest.raises(UnusableRequest, match="ends before that"):
        ask(metrics, "net_sales", from_date=date(2025, 1, 2), to_date=date(2025, 1, 1))


def test_a_period_without_data_says_where_the_data_are(metrics: Metrics) -> None:
    result = metrics.query(MetricQuery(metrics=("net_sales",), from_date=date(2031, 1, 1), to_date=date(2050, 1, 1)))
    assert result.rows == [{"net_sales": None}]
    assert result.warnings == ("There are no data in this period: they run from 2024-12-23 to 2025-01-19.",)


def test_every_metric_answers_by_everything_it_says_it_can_be_split_by(metrics: Metrics) -> None:
    alike: dict[tuple[str, ...], list[str]] = {}
    for metric in metrics.catalogue.metrics.values():
        alike.setdefault(metric.splits, []).append(metric.name)
    for splits, names in alike.items():
        for by in batched(splits, 6):
            for asked in batched(names, 16):
                result = metrics.query(MetricQuery(metrics=asked, by=by, limit=3))
                assert [column.name for column in result.columns] == [*by, *asked]
                assert result.rows


def batched(items: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]


def test_threads_may_ask_at_once(metrics: Metrics) -> None:
    wrong: list[object] = []

    def work(store: str) -> None:
        for month in (1, 12):
            rows = ask(
                metrics, "net_sales,transactions", "store,week", (f"store = '{store}'", "hour >= 9"), limit=month
            )
            wrong.extend(row for row in rows if row["store"] != {"S1": "Harbour", "S2": "Old Town"}[store])

    threads = [threading.Thread(target=work, args=(store,)) for store in ("S1", "S2") * 6]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_frame_has_numbers_and_dates(metrics: Metrics) -> None:
    frame = metrics.query(MetricQuery(metrics=("net_sales", "on_order"), by=("week",)[:0])).frame()
    assert [str(kind) for kind in frame.dtypes] == ["float64", "float64"]
    weeks = metrics.query(MetricQuery(metrics=("net_sales",), by=("week",))).frame()
    assert str(weeks["week"].dtype).startswith("datetime64")


def test_what_is_not_a_value_holds_what_has_none(metrics: Metrics) -> None:
    promotions = [row["promotion"] for row in ask(metrics, "net_sales", "promotion")]
    assert None in promotions
    named = next(name for name in promotions if name is not None)
    total, of_it = ask(metrics, "net_sales")[0], ask(metrics, "net_sales", where=(f"promotion = '{named}'",))[0]
    others = ask(metrics, "net_sales", where=(f"promotion != '{named}'",))[0]
    assert others["net_sales"] == pytest.approx(total["net_sales"] - of_it["net_sales"])
    lines = metrics.rows("fct_sale_lines", columns=("promotion",), where=(parse_where(f"promotion != '{named}'"),)).rows
    assert {row["promotion"] for row in lines} == set(promotions) - {named}
