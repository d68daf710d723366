"""Metric answers against the shop's own files, recounted with pandas."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from app.assistant.findings import Chart
from app.assistant.reading import Derived, MetricCondition, Period, Reading
from metrics import Filter
from retail.errors import UnusableRequest

TODAY = date(2025, 6, 13)
MAY = Period(name="last_month", first=date(2025, 5, 1), last=date(2025, 5, 31))
WEEK = Period(name="last_week", first=date(2025, 6, 2), last=date(2025, 6, 8))
SO_FAR = Period(name="this_week", first=date(2025, 6, 9), last=TODAY, ends=date(2025, 6, 15))
AHEAD = Period(name="next_week", first=date(2025, 6, 16), last=date(2025, 6, 22))
LAKEVIEW = Filter(dimension="store", operator="=", value="Lakeview")
COFFEE = Filter(dimension="category", operator="=", value="Coffee")


def metric(*names: str, period: Period | None = MAY, **more: object) -> Reading:
    return Reading(kind="metric", metrics=names, period=period, **more)


def within(sold: pd.DataFrame, period: Period) -> pd.DataFrame:
    return sold[(sold["day"] >= period.first) & (sold["day"] <= period.last)]


def test_one_number_is_told_with_its_period_and_filters(answer_of, sold) -> None:
    found = answer_of(metric("net_sales", "units_sold", where=(LAKEVIEW,)))
    here = within(sold, MAY).query("store == 'Lakeview'")
    assert found.rows == [
        {"net_sales": pytest.approx(here["net"].sum()), "units_sold": pytest.approx(here["units"].sum())}
    ]
    assert found.chart is Chart.NUMBER
    assert f"Net sales last month (1 May – 31 May 2025) for store Lakeview: ${here['net'].sum():,.0f}." in found.text
    assert f"Units sold: {here['units'].sum():,.0f}." in found.text


def test_a_breakdown_holds_every_part_and_their_sum(answer_of, sold) -> None:
    found = answer_of(metric("net_sales", by=("category",)))
    lines = within(sold, MAY)
    wanted = lines.groupby("category", dropna=False)["net"].sum().sort_values(ascending=False)
    assert [row["net_sales"] for row in found.rows] == pytest.approx(list(wanted))
    assert [row["category"] for row in found.rows if row["category"]] == list(wanted.index.dropna())
    assert f"Together: ${lines['net'].sum():,.0f}." in found.text


def test_a_ranking_names_the_first_who_leads_otherwise_and_how_many_there_are(answer_of, sold) -> None:
    found = answer_of(metric("units_sold", "net_sales", by=("product",), order="largest", limit=5))
    groups = within(sold, MAY).groupby("product", dropna=False)[["units", "net"]].sum()
    best = groups.sort_values("units", ascending=False)
    assert [row["units_sold"] for row in found.rows] == list(best["units"].head(5))
    assert found.text.startswith(f"Highest units sold by product last month (1 May – 31 May 2025): {best.index[0]} (")
    leader = groups["net"].idxmax()
    assert leader != best.index[0]
    assert f"By net sales, {leader} (${groups['net'].max():,.0f}) leads." in found.text
    assert f"Shown are 5 of {len(groups)}." in found.text


def test_what_has_no_category_is_shown_as_a_part_and_never_ranked(answer_of, sold) -> None:
    everything = Period(name="all_time", first=date(2025, 1, 15), last=TODAY)
    sums = within(sold, everything).groupby("category", dropna=False)["net"].sum()
    assert sums.index.isna().any()
    parts = answer_of(metric("net_sales", by=("category",), period=everything))
    assert {row["category"] for row in parts.rows} == {name if isinstance(name, str) else None for name in sums.index}
    ranked = answer_of(metric("net_sales", by=("category",), order="smallest", limit=1, period=everything))
    least = sums[sums.index.notna()].idxmin()
    assert ranked.rows == [{"category": least, "net_sales": pytest.approx(sums[least])}]
    assert any("What has no category is not among them" in said for said in ranked.assumptions)


def test_equal_first_places_are_said(answer_of, sold) -> None:
    found = answer_of(metric("units_sold", by=("product",), order="smallest", limit=1, period=WEEK))
    units = within(sold, WEEK).groupby("product")["units"].sum()
    least = units[units > 0].min()
    equal = int((units == least).sum())
    assert found.rows[0]["units_sold"] == least
    assert (f"{equal} share the first place." in found.text) == (equal > 1)
    assert any("What is at zero is left out" in said for said in found.assumptions)


def test_a_trend_takes_only_whole_periods_for_highest_and_lowest(answer_of, sold) -> None:
    period = Period(name="last_28_days", first=TODAY - timedelta(days=27), last=TODAY)
    found = answer_of(metric("net_sales", by=("week",), period=period))
    assert found.chart is Chart.LINES
    assert [row["week"] for row in found.rows] == [date(2025, 5, 12) + timedelta(weeks=n) for n in range(5)]
    lines = within(sold, period)
    weeks = lines.groupby(lines["day"].map(lambda day: day - timedelta(days=day.weekday())))["net"].sum()
    whole = weeks[(weeks.index >= period.first) & (weeks.index < date(2025, 6, 9))]
    assert f"highest week of {whole.idxmax().day} {whole.idxmax():%b %Y}" in found.text
    assert f"lowest week of {whole.idxmin().day} {whole.idxmin():%b %Y}" in found.text
    assert any("not taken for the highest" in said for said in found.assumptions)


def test_the_worst_day_is_one_that_is_over(answer_of) -> None:
    found = answer_of(metric("net_sales", by=("day",), order="smallest", limit=3, period=SO_FAR))
    assert TODAY not in {row["day"] for row in found.rows}
    assert any("is left out" in said for said in found.assumptions)


def test_weekdays_come_in_their_order_with_the_highest_named(answer_of, sold) -> None:
    found = answer_of(metric("net_sales", by=("weekday",)))
    assert [row["weekday"] for row in found.rows] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    sums = within(sold, MAY).groupby(lambda n: sold.loc[n, "day"].weekday())["net"].sum()
    named = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"][sums.idxmax()]
    assert f"highest {named} (" in found.text


@pytest.mark.parametrize("splits", [("category",), ()])
def test_a_share_is_of_everything_and_never_of_what_is_shown(answer_of, sold, splits) -> None:
    found = answer_of(metric("net_sales", by=splits, derived=("share",), where=(COFFEE, LAKEVIEW)))
    here = within(sold, MAY).query("store == 'Lakeview'")
    coffee = here.query("category == 'Coffee'")["net"].sum()
    assert [row["net_sales_share"] for row in found.rows] == [pytest.approx(coffee / here["net"].sum())]
    assert f"{coffee / here['net'].sum():.1%}" in found.text
    assert f"${here['net'].sum():,.0f}" in found.text


def test_shares_over_time_are_of_each_period(answer_of, sold) -> None:
    found = answer_of(metric("net_sales", by=("store", "week"), derived=("share",)))
    by_week: dict[object, float] = {}
    for row in found.rows:
        by_week[row["week"]] = by_week.get(row["week"], 0.0) + float(row["net_sales_share"])
    assert all(total == pytest.approx(1) for total in by_week.values())


def test_what_does_not_add_up_has_no_shares(answer_of) -> None:
    found = answer_of(metric("average_basket", by=("store",), derived=("share",)))
    assert "does not add up" in found.text
    assert not found.rows


def test_a_mean_per_day_counts_days_that_are_over(answer_of, sold) -> None:
    found = answer_of(metric("net_sales", by=("day",), derived=("average",), period=SO_FAR))
    days = within(sold, SO_FAR).query("day < @TODAY")
    assert found.rows == [{"net_sales": pytest.approx(days["net"].sum() / 4)}]
    assert "The mean is over 4 whole days." in found.text


def test_a_mean_of_different_things_is_over_the_values_of_each_day(answer_of, sold) -> None:
    found = answer_of(metric("customers", by=("store", "day"), derived=("average",), period=WEEK))
    lines = within(sold, WEEK).query("units > 0")
    daily = lines.groupby(["store", "day"])["customer_id"].nunique().groupby("store").mean()
    assert {row["store"]: row["customers"] for row in found.rows} == pytest.approx(daily.to_dict())


def test_a_mean_on_mondays_is_over_mondays(answer_of, sold) -> None:
    monday = Filter(dimension="weekday", operator="=", value="Mon")
    found = answer_of(metric("net_sales", by=("day",), derived=("average",), where=(monday,)))
    lines = within(sold, MAY)
    mondays = lines[lines["day"].map(lambda day: day.weekday() == 0)]
    assert found.rows == [{"net_sales": pytest.approx(mondays["net"].sum() / 4)}]


def test_a_mean_without_weekends_is_over_the_other_days(answer_of, sold) -> None:
    without = tuple(Filter(dimension="weekday", operator="!=", value=day) for day in ("Sat", "Sun"))
    found = answer_of(metric("net_sales", by=("day",), derived=("average",), where=without))
    lines = within(sold, MAY)
    others = lines[lines["day"].map(lambda day: day.weekday() < 5)]
    assert found.rows == [{"net_sales": pytest.approx(others["net"].sum() / 22)}]
    assert "The mean is over 22 whole days." in found.text


def test_there_is_no_mean_per_month_before_a_month_is_over(answer_of) -> None:
    found = answer_of(metric("net_sales", by=("month",), derived=("average",), period=SO_FAR))
    assert "No whole period is over yet" in found.text


def test_conditions_hold_for_all_rows_before_any_cut(answer_of, sold) -> None:
    condition = MetricCondition(metric="units_sold", operator=">", value=60)
    found = answer_of(metric("net_sales", by=("product",), having=(condition,)))
    units = within(sold, MAY).groupby("product", dropna=False)["units"].sum()
    wanted = set(units[units > 60].index)
    assert {row["product"] for row in found.rows} == wanted
    assert found.text.startswith(f"{len(wanted)} of {len(units)} (by product) have units sold above 60 last month")


def test_things_ranked_over_time_are_ranked_by_the_whole_period(answer_of, sold) -> None:
    found = answer_of(metric("net_sales", by=("category", "week"), order="largest", limit=2))
    wanted = within(sold, MAY).groupby("category")["net"].sum().nlargest(2)
    assert {row["category"] for row in found.rows} == set(wanted.index)
    assert found.chart is Chart.LINES
    assert f"{wanted.index[0]} (${wanted.iloc[0]:,.0f})" in found.text


def test_what_is_known_for_now_has_no_period(answer_of) -> None:
    found = answer_of(metric("on_hand", by=("store",), period=None))
    assert found.text.startswith("On hand by store now: most for ")


def test_nothing_known_is_not_zero(answer_of) -> None:
    assert answer_of(metric("net_sales", period=AHEAD)).text.endswith("is not known.")
    found = answer_of(metric("net_sales", by=("store",), period=AHEAD))
    assert found.text == "There is nothing to show for net sales next week (16 Jun – 22 Jun 2025)."
    assert found.chart is Chart.NONE


def test_german_says_the_same_numbers(answer_of) -> None:
    english = answer_of(metric("net_sales", by=("store",)))
    german = answer_of(metric("net_sales", by=("store",)), language="de")
    assert german.rows == english.rows
    assert german.text.startswith("Nettoumsatz nach Filiale letzten Monat (1. Mai – 31. Mai 2025): am meisten für ")
    assert [column.label for column in german.columns] == ["Filiale", "Nettoumsatz"]


def test_days_without_a_sale_within_the_data_are_known_to_have_none(answer_of, sold) -> None:
    last = TODAY - timedelta(days=1)
    day_sold = sold[(sold["day"] == last) & (sold["units"] > 0)]
    product = sorted(set(sold["product"].dropna()) - set(day_sold["product"]))[0]
    where = (Filter(dimension="product", operator="=", value=product),)
    day = Period(first=last, last=last)
    reading = metric("net_sales", period=day, where=where)
    assert answer_of(reading).text.startswith("No sales were recorded on Thu 12 Jun 2025 for product")
    assert answer_of(reading, language="de").text.startswith("Keine Verkäufe verzeichnet am Do. 12. Juni 2025")
    assert answer_of(reading.model_copy(update={"by": ("store",)})).text.startswith("No sales were recorded")


@pytest.mark.parametrize(
    "reading",
    [
        metric("net_sales", period=Period(first=date(2020, 1, 1), last=date(2020, 1, 1))),
        metric("net_sales", period=AHEAD),
        metric("gross_margin", period=MAY, where=(Filter(dimension="hour", operator="=", value=3),)),
        metric("average_basket", period=MAY, where=(Filter(dimension="hour", operator="=", value=3),)),
    ],
)
def test_what_lies_outside_the_data_or_is_no_plain_sum_stays_not_known(answer_of, reading: Reading) -> None:
    assert "is not known" in answer_of(reading).text


def test_one_metric_per_another_is_their_quotient(answer_of, sold) -> None:
    per = {"derived": (Derived.RATIO,)}
    lines = within(sold, MAY)
    found = answer_of(metric("net_sales", "transactions", **per))
    bought = lines[lines["units"] > 0]
    tickets = bought["sale_id"].nunique()
    assert found.rows[0]["ratio"] == pytest.approx(lines["net"].sum() / tickets)
    assert found.columns[0].label == "Net sales per transaction"
    assert found.columns[0].unit == "currency"
    assert (
        f"Net sales per transaction last month (1 May – 31 May 2025): ${lines['net'].sum() / tickets:,.2f}"
        in found.text
    )
    german = answer_of(metric("net_sales", "transactions", **per), language="de")
    assert german.columns[0].label == "Nettoumsatz je Verkaufsbeleg"
    by_store = answer_of(metric("units_sold", "transactions", by=("store",), order="largest", **per))
    groups = bought.groupby("store")
    wanted = (groups["units"].sum() / groups["sale_id"].nunique()).sort_values(ascending=False)
    assert [row["ratio"] for row in by_store.rows] == pytest.approx(list(wanted))
    assert by_store.columns[1].unit == "units"


def test_sales_per_customer_says_that_unknown_customers_are_in_the_sales(answer_of, sold) -> None:
    found = answer_of(metric("net_sales", "customers", derived=(Derived.RATIO,)))
    lines = within(sold, MAY)
    known = lines[lines["units"] > 0]["customer_id"].nunique()
    assert found.rows[0]["ratio"] == pytest.approx(lines["net"].sum() / known)
    assert any("unknown customers" in said for said in found.assumptions)


@pytest.mark.parametrize(
    "names",
    [
        ("average_basket", "transactions"),
        ("net_sales", "gross_margin_rate"),
        ("on_hand", "units_sold"),
        ("net_sales",) * 2,
    ],
)
def test_what_is_no_sum_or_count_is_not_divided(answer_of, names: tuple[str, str]) -> None:
    with pytest.raises(UnusableRequest, match="cannot be divided"):
        answer_of(metric(*names, derived=(Derived.RATIO,)))
