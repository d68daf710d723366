"""Facts about one thing, against the shop's files and the published tables."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest

from app.assistant.findings import Chart
from app.assistant.reading import Period, Reading, Topic
from metrics import Filter
from retail.errors import UnusableRequest
from retail.principal import Principal
from retail.vocabulary import Role

TODAY = date(2025, 6, 13)
MILK = Filter(dimension="product", operator="=", value="Reduced Fat Milk 1 L")
LAKEVIEW = Filter(dimension="store", operator="=", value="Lakeview")
MANAGER = Principal("m", Role.MANAGER, ("S2",))
STAFF = Principal("s", Role.STAFF)


def look_up(topic: Topic, *where: Filter, **more: object) -> Reading:
    return Reading(kind="lookup", topic=topic, where=where, **more)


@pytest.fixture(scope="module")
def files(small_workspace):
    return {path.stem: pd.read_csv(path, dtype=str) for path in (small_workspace.root / "incoming").glob("*.csv")}


@pytest.fixture(scope="module")
def totals(small_workspace) -> pd.DataFrame:
    """Published totals of demand with names of product and store."""
    query = """
        select t.*, product, store from marts.fct_demand_totals t
        join marts.dim_products using (product_id) join marts.dim_stores using (store_id)
    """
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        found = connection.sql(query).df()
    return found.assign(target_date=found["target_date"].dt.date, cutoff_date=found["cutoff_date"].dt.date)


def test_a_price_is_the_list_price_and_staff_see_no_cost(answer_of, files) -> None:
    product = files["products"].set_index("name").loc[MILK.value]
    found = answer_of(look_up(Topic.PRICE, MILK))
    assert found.rows[0]["list_price"] == float(product["list_price"])
    assert found.rows[0]["unit_cost"] == float(product["cost"])
    assert f"is ${float(product['list_price']):.2f}" in found.text
    of_staff = answer_of(look_up(Topic.PRICE, MILK), STAFF)
    assert "cost" not in of_staff.text
    assert not any("cost" in column.name for column in of_staff.columns)
    assert not any("cost" in name for row in of_staff.rows for name in row)


def test_a_price_needs_a_product(answer_of) -> None:
    assert answer_of(look_up(Topic.PRICE)).text.startswith("Which product is meant?")


def test_a_supplier_and_its_terms(answer_of, files) -> None:
    found = answer_of(look_up(Topic.SUPPLIER, MILK))
    terms = files["supplier_terms"].merge(files["products"][["product_id", "name"]], on="product_id")
    terms = terms[(terms["name"] == MILK.value) & (terms["is_preferred"] == "true")].iloc[0]
    name = files["suppliers"].set_index("supplier_id").loc[terms["supplier_id"], "name"]
    assert found.rows[0]["supplier"] == name
    assert found.rows[0]["lead_time_days"] == int(terms["lead_time_days"])
    assert found.text.startswith(f"{name} supplies {MILK.value}.")


def test_what_a_supplier_supplies_is_listed_whole(answer_of, files) -> None:
    supplier = Filter(dimension="supplier", operator="=", value="Hillside Dairy Co-op")
    found = answer_of(look_up(Topic.SUPPLIER, supplier))
    preferred = files["supplier_terms"].query("supplier_id == 'V02' and is_preferred == 'true'")
    names = files["products"].set_index("product_id").loc[list(preferred["product_id"]), "name"]
    assert {row["product"] for row in found.rows} == set(names)
    assert f"is the preferred supplier of {len(names)} products" in found.text


def test_a_lead_time_is_the_agreed_one_and_what_receipts_show(answer_of) -> None:
    supplier = Filter(dimension="supplier", operator="=", value="Hillside Dairy Co-op")
    for principal in (Principal("a", Role.ADMIN), MANAGER):
        found = answer_of(look_up(Topic.LEAD_TIME, supplier), principal)
        assert {row["supplier"] for row in found.rows} == {"Hillside Dairy Co-op"}
        assert found.rows[0]["promised_days"] == 2
        assert "learnt from" in found.text


def test_a_forecast_of_one_series_has_its_own_interval(answer_of, totals) -> None:
    asked = Period(name="custom", first=TODAY, last=TODAY + timedelta(days=6))
    found = answer_of(look_up(Topic.FORECAST, MILK, LAKEVIEW, period=asked))
    row = totals.query("product == @MILK.value and store == 'Lakeview' and target_date == @asked.last").iloc[0]
    assert found.chart is Chart.INTERVAL
    assert found.rows[0]["expected"] == pytest.approx(row["mean_units"])
    assert (found.rows[0]["low"], found.rows[0]["high"]) == (row["q10"], row["q90"])
    assert f"between {row['q10']:,.0f} and {row['q90']:,.0f} with a chance of 80%" in found.text


def test_days_ahead_are_the_difference_of_two_means_and_never_of_two_intervals(answer_of, totals) -> None:
    asked = Period(name="next_7_days", first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=7))
    found = answer_of(look_up(Topic.FORECAST, MILK, LAKEVIEW, period=asked))
    mine = totals.query("product == @MILK.value and store == 'Lakeview'").set_index("target_date")
    whole, before = mine.loc[asked.last], mine.loc[TODAY]
    assert found.rows[0]["expected"] == pytest.approx(whole["mean_units"] - before["mean_units"])
    assert (found.rows[0]["low_until"], found.rows[0]["high_until"]) == (whole["q10"], whole["q90"])
    assert "low" not in found.rows[0]
    assert "from the first forecast day on (13 Jun – 20 Jun 2025)" in found.text


def test_several_series_add_means_and_no_intervals(answer_of, totals) -> None:
    asked = Period(name="next_7_days", first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=7))
    found = answer_of(look_up(Topic.FORECAST, MILK, period=asked))
    mine = totals.query("product == @MILK.value").groupby("target_date")["mean_units"].sum()
    wanted = mine[asked.last] - mine[TODAY]
    assert sum(row["expected"] for row in found.rows) == pytest.approx(wanted)
    assert f": {wanted:,.0f} units" in found.text or f": {wanted:,.1f} units" in found.text
    assert "intervals do not add up" in found.text


def test_what_lies_beyond_the_forecast_is_said(answer_of, totals) -> None:
    reaches = totals["target_date"].max()
    far = Period(first=date(2026, 1, 1), last=date(2026, 1, 31))
    assert answer_of(look_up(Topic.FORECAST, period=far)).text.startswith("There is no forecast")
    over = Period(first=reaches - timedelta(days=2), last=reaches + timedelta(days=9))
    found = answer_of(look_up(Topic.FORECAST, MILK, LAKEVIEW, period=over))
    assert found.text.startswith(f"Forecasts reach to {reaches:%a} {reaches.day} {reaches:%b %Y} only")


def test_a_forecast_of_money_is_named_as_not_there(answer_of) -> None:
    found = answer_of(look_up(Topic.FORECAST, MILK, metrics=("net_sales",)))
    assert found.text.startswith("There is no forecast of net sales")


def test_promotions_are_those_that_run_on_some_day_of_the_period(answer_of, files) -> None:
    week = Period(name="this_week", first=date(2025, 6, 9), last=TODAY, ends=date(2025, 6, 15))
    found = answer_of(look_up(Topic.PROMOTIONS, period=week))
    every = files["promotions"]
    ran = every[(every["starts_date"] <= "2025-06-15") & (every["ends_date"] >= "2025-06-09")]
    assert {row["promotion"] for row in found.rows} == set(ran["name"])
    assert len(found.rows) == ran["promotion_id"].nunique()


def test_promotions_of_a_product_are_its_own(answer_of, files) -> None:
    every = files["promotions"].merge(files["products"], on="product_id", suffixes=("", "_product"))
    name = every.iloc[0]["name_product"]
    product = Filter(dimension="product", operator="=", value=name)
    all_time = Period(name="all_time", first=date(2025, 1, 15), last=TODAY)
    found = answer_of(look_up(Topic.PROMOTIONS, product, period=all_time))
    mine = every[(every["name_product"] == name) & (every["starts_date"] <= str(TODAY))]
    assert {row["promotion"] for row in found.rows} == set(mine["name"])
    assert "single stores" in answer_of(look_up(Topic.PROMOTIONS, product, period=all_time), MANAGER).text


def test_deliveries_are_open_lines_with_the_overdue_counted(answer_of, small_workspace) -> None:
    query = "select * from marts.fct_purchase_order_lines where is_open"
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        lines = connection.sql(query).df()
    found = answer_of(look_up(Topic.DELIVERIES))
    assert sum(row["lines"] for row in found.rows) == len(lines)
    assert sum(row["units"] for row in found.rows) == pytest.approx(float(lines["on_order_quantity"].sum()))
    late = int((lines["expected_date"].dt.date < TODAY).sum())
    assert (f"Overdue order lines: {late}." in found.text) == (late > 0)
    of_one = answer_of(look_up(Topic.DELIVERIES), MANAGER)
    assert {row["store"] for row in of_one.rows} <= {"Lakeview"}


def test_overdue_deliveries_are_open_lines_expected_before_today_by_supplier(answer_of, small_workspace) -> None:
    query = """
        select supplier, store, expected_date, (date '2025-06-13' - expected_date::date) as days_late,
            count(*) as lines, sum(on_order_quantity)::double as units
        from marts.fct_purchase_order_lines join marts.dim_suppliers using (supplier_id)
        join marts.dim_stores using (store_id) where is_open and expected_date < date '2025-06-13' group by all
    """
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        late = connection.sql(query).df()
    assert len(late)
    found = answer_of(look_up(Topic.OVERDUE))
    names = ("supplier", "store", "days_late", "lines", "units")
    wanted = set(late[list(names)].itertuples(index=False, name=None))
    assert {tuple(row[name] for name in names) for row in found.rows} == wanted
    assert [row["days_late"] for row in found.rows] == sorted((row["days_late"] for row in found.rows), reverse=True)
    assert found.text.startswith(f"Overdue: {late['lines'].sum()} order lines")
    assert answer_of(look_up(Topic.OVERDUE), language="de").text.startswith("Überfällig:")
    nobody = Filter(dimension="supplier", operator="=", value="Nobody")
    assert answer_of(look_up(Topic.OVERDUE, nobody)).text.startswith("Nothing on order for supplier Nobody")
    assert {row["store"] for row in answer_of(look_up(Topic.OVERDUE), MANAGER).rows} <= {"Lakeview"}


def test_a_metric_is_defined_in_its_own_words(answer_of, small_metrics) -> None:
    found = answer_of(look_up(Topic.DEFINITION, metrics=("sell_through",)))
    assert found.text == f"Sell-through: {small_metrics.catalogue.metrics['sell_through'].description}"
    assert found.metrics == ("sell_through",)


def test_freshness_is_told_to_everybody_and_loads_to_those_who_see_every_store(answer_of) -> None:
    found = answer_of(look_up(Topic.FRESHNESS))
    assert "Today is Fri 13 Jun 2025" in found.text
    assert "as of Fri 13 Jun 2025, 15:00" in found.text
    assert {row["source"] for row in found.rows} == {"files"}
    assert not answer_of(look_up(Topic.FRESHNESS), MANAGER).rows


def test_a_person_of_one_store_is_told_of_one(answer_of) -> None:
    assert answer_of(look_up(Topic.STORES)).text == "There are 2 stores that you see: Harbour Street and Lakeview."
    assert answer_of(look_up(Topic.STORES), MANAGER).text == "There is 1 store that you see: Lakeview."


def test_abilities_come_with_an_example_each(answer_of) -> None:
    found = answer_of(look_up(Topic.ABILITIES))
    assert "What sold best this week?" in found.suggestions
    assert [row["example"] for row in found.rows] == list(found.suggestions)


def test_a_fact_that_does_not_depend_on_a_filter_says_so(answer_of) -> None:
    with pytest.raises(UnusableRequest, match="does not depend on tender"):
        answer_of(look_up(Topic.PRICE, MILK, Filter(dimension="tender", operator="=", value="cash")))
