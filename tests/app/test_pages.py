"""Each page over the small demo: numbers equal to the metrics', filters from the address, and what is missing said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from app import formats, periods
from metrics import Filter, MetricQuery, Metrics
from retail.data_tests import DataTestResults
from retail.workspace import Workspace, write_atomically

pytestmark = pytest.mark.xdist_group("app")

PAGES = ("today", "sales", "inventory", "forecast", "data_health", "analyst")
OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="module")
def metrics(small_workspace: Workspace) -> Metrics:
    return Metrics.open(small_workspace)


def figure(app: AppTest, label: str) -> str:
    return next(metric.value for metric in app.metric if metric.label == label)


def said(app: AppTest) -> str:
    blocks = (app.markdown, app.caption, app.info, app.warning, app.error)
    return " ".join(element.value for block in blocks for element in block)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_without_an_exception_and_with_something_on_it(
    open_page: OpenPage, small_workspace: Workspace, page: str
) -> None:
    app = open_page(small_workspace, page)
    assert not app.exception
    assert not app.error
    assert len(app.metric) + len(app.dataframe) + len(app.text_area) > 0


def test_the_bare_address_leads_to_today(open_page: OpenPage, small_workspace: Workspace) -> None:
    app = open_page(small_workspace, "today")
    assert [title.value for title in app.title] == ["Today"]


def test_today_shows_the_day_so_far(open_page: OpenPage, small_workspace: Workspace, metrics: Metrics) -> None:
    today = metrics.catalogue.as_of
    names = ("net_sales", "transactions", "units_sold", "gross_margin")
    expected = metrics.query(MetricQuery(metrics=names, from_date=today, to_date=today)).rows[0]
    app = open_page(small_workspace, "today")
    assert figure(app, "Net sales") == formats.plain(formats.money(expected["net_sales"], "USD"))
    assert figure(app, "Transactions") == formats.number(expected["transactions"])
    assert figure(app, "Units sold") == formats.number(expected["units_sold"])
    assert figure(app, "Gross margin") == formats.plain(formats.money(expected["gross_margin"], "USD"))


def test_today_compares_complete_hours_with_the_same_hours_last_week(
    open_page: OpenPage, small_workspace: Workspace, metrics: Metrics
) -> None:
    # It is 15:00 in one store and 14:00 in the other, whose clock decides.
    today = metrics.catalogue.as_of
    until = Filter(dimension="hour", operator="<", value=14)
    now, then = (
        metrics.query(MetricQuery(metrics=("net_sales",), where=(until,), from_date=day, to_date=day)).rows[0]
        for day in (today, today - timedelta(days=7))
    )
    app = open_page(small_workspace, "today")
    assert "14:00 store time" in said(app)
    assert app.metric[0].delta == formats.change(now["net_sales"], then["net_sales"])


def test_sales_honours_period_and_store_of_the_address(
    open_page: OpenPage, small_workspace: Workspace, metrics: Metrics
) -> None:
    period = periods.resolve("last_7_days", metrics.catalogue.as_of)
    store = metrics.rows("dim_stores", columns=("store", "store_code"), order_by=("store_code",)).rows[1]
    where = (Filter(dimension="store", operator="=", value=store["store"]),)
    question = MetricQuery(metrics=("net_sales",), where=where, from_date=period.first, to_date=period.last)
    app = open_page(small_workspace, "sales", store=str(store["store_code"]), period="last_7_days")
    assert not app.warning
    assert figure(app, "Net sales") == formats.plain(formats.money(metrics.query(question).rows[0]["net_sales"], "USD"))
    assert app.query_params == {"store": store["store_code"], "period": "last_7_days"}


def test_filters_persist_over_a_change_of_page(open_page: OpenPage, small_workspace: Workspace) -> None:
    app = open_page(small_workspace, "sales", store="S1", period="last_90_days")
    app.query_params.clear()
    app.switch_page("views/inventory.py").run()
    assert app.selectbox(key="filter_store").value == "S1"
    assert app.selectbox(key="filter_period").value == "last_90_days"
    assert app.query_params == {"store": "S1", "period": "last_90_days"}


def test_a_filter_that_is_picked_goes_to_the_address(open_page: OpenPage, small_workspace: Workspace) -> None:
    app = open_page(small_workspace, "sales")
    app.selectbox(key="filter_period").select("last_month").run()
    app.selectbox(key="filter_department").select_index(1).run()
    assert app.query_params["period"] == "last_month"
    assert app.query_params["department"] == app.selectbox(key="filter_department").value
    app.selectbox(key="filter_department").select("").run()
    assert "department" not in app.query_params


@pytest.mark.parametrize(
    ("page", "hostile"),
    [
        *((page, "<script>alert(1)</script>") for page in ("today", "sales", "inventory", "forecast")),
        ("sales", "' or 1=1 --"),
        ("sales", "{{ 7*7 }}"),
        ("sales", "[a](http://evil.example)"),
        ("sales", "x" * 5000),
        ("sales", "\x00\u202e"),
        ("sales", "../../etc/passwd"),
    ],
)
def test_a_hostile_address_is_left_out_with_a_note(
    open_page: OpenPage, small_workspace: Workspace, page: str, hostile: str
) -> None:
    words = dict.fromkeys(("period", "store", "department", "category", "product", "from", "to"), hostile)
    app = open_page(small_workspace, page, **words)
    assert not app.exception
    assert not app.error
    assert "left out" in said(app)
    assert hostile not in said(app)
    assert app.metric[0].value != formats.MISSING
    assert hostile not in app.query_params.values()


def test_a_product_whose_name_is_a_template_is_a_plain_name(
    open_page: OpenPage, small_workspace: Workspace, metrics: Metrics
) -> None:
    name = str(
        metrics.rows(
            "dim_products", columns=("product",), where=(Filter(dimension="product", operator="like", value="{{%"),)
        ).rows[0]["product"]
    )
    where = (Filter(dimension="product", operator="=", value=name),)
    period = periods.resolve("last_90_days", metrics.catalogue.as_of)
    expected = metrics.query(
        MetricQuery(metrics=("units_sold",), where=where, from_date=period.first, to_date=period.last)
    ).rows[0]["units_sold"]
    app = open_page(small_workspace, "sales", product=name, period="last_90_days")
    assert figure(app, "Units sold") == formats.number(expected)


def test_custom_dates_come_from_the_address(open_page: OpenPage, small_workspace: Workspace, metrics: Metrics) -> None:
    first, last = metrics.catalogue.as_of - timedelta(days=20), metrics.catalogue.as_of - timedelta(days=11)
    expected = metrics.query(MetricQuery(metrics=("transactions",), from_date=first, to_date=last)).rows[0]
    app = open_page(small_workspace, "sales", period="custom", **{"from": first.isoformat(), "to": last.isoformat()})
    assert figure(app, "Transactions") == formats.number(expected["transactions"])


@pytest.mark.parametrize("period", list(periods.LABELS))
def test_every_period_can_be_shown(open_page: OpenPage, small_workspace: Workspace, period: str) -> None:
    app = open_page(small_workspace, "sales", period=period)
    assert not app.exception
    assert not app.error


def test_inventory_shows_what_is_there_now(open_page: OpenPage, small_workspace: Workspace, metrics: Metrics) -> None:
    expected = metrics.query(MetricQuery(metrics=("stock_value", "on_hand", "stockout_rate"))).rows[0]
    app = open_page(small_workspace, "inventory")
    assert figure(app, "Stock value") == formats.plain(formats.money(expected["stock_value"], "USD"))
    assert figure(app, "On hand") == formats.number(expected["on_hand"])


def test_a_source_without_stock_is_told_so_and_sees_no_zeros(
    open_page: OpenPage, no_stock_workspace: Workspace
) -> None:
    inventory = open_page(no_stock_workspace, "inventory")
    assert "This source has no stock" in said(inventory).replace("\\", "")
    assert not inventory.metric
    for page in ("today", "sales", "forecast", "data_health"):
        app = open_page(no_stock_workspace, page)
        assert not app.exception
        assert not app.error


def test_a_forecast_shows_its_model_and_every_series_can_be_picked(
    open_page: OpenPage, small_workspace: Workspace, metrics: Metrics
) -> None:
    app = open_page(small_workspace, "forecast")
    series = app.selectbox(key="forecast_series_None_None")
    assert len(series.options) == len(metrics.rows("fct_forecast_series", columns=("series_id",)).rows)
    assert "Made by" in said(app)
    series.select_index(len(series.options) - 1).run()
    assert not app.exception
    assert not app.error


def test_data_health_counts_the_tests_of_the_run_and_names_those_that_did_not_pass(
    open_page: OpenPage, small_copy: Workspace
) -> None:
    path = small_copy.published().data_tests
    tests = DataTestResults.model_validate_json(path.read_text())
    assert len(tests.results) > 100
    warned = tests.results[3].model_copy(update={"outcome": "warned", "failures": 12})
    failed = tests.results[5].model_copy(update={"outcome": "failed", "failures": 7})
    passed = [result for result in tests.results if result not in (tests.results[3], tests.results[5])]
    changed = DataTestResults(results=(*passed, warned, failed))
    write_atomically(path, changed.model_dump_json())
    app = open_page(small_copy, "data_health")
    for outcome in ("passed", "warned", "failed"):
        assert figure(app, f"Tests {outcome}") == formats.number(changed.count(outcome))
    shown = next(table.value for table in app.dataframe if "model" in table.value)
    assert [list(row) for row in shown.itertuples(index=False)] == [
        [result.outcome, result.name, result.model, result.description, result.failures]
        for result in changed.not_passed
    ]


def test_data_health_says_when_every_test_passed_and_when_the_results_are_missing(
    open_page: OpenPage, small_copy: Workspace
) -> None:
    path = small_copy.published().data_tests
    tests = DataTestResults.model_validate_json(path.read_text())
    passed = tuple(result.model_copy(update={"outcome": "passed"}) for result in tests.results)
    write_atomically(path, DataTestResults(results=passed).model_dump_json())
    assert f"All {len(passed)} tests passed" in said(open_page(small_copy, "data_health"))
    path.unlink()
    app = open_page(small_copy, "data_health")
    assert "published without the results of its tests" in said(app)
    assert "Tests passed" not in [metric.label for metric in app.metric]


def test_the_guard_s_refusal_is_shown_in_words(open_page: OpenPage, small_workspace: Workspace) -> None:
    app = open_page(small_workspace, "analyst")
    app.text_area(key="analyst_sql").set_value("drop table fct_sales")
    app.button[0].click().run()
    assert len(app.error) == 1
    assert not app.exception


def test_an_analyst_s_query_shows_its_rows_and_the_sql_as_run(open_page: OpenPage, small_workspace: Workspace) -> None:
    app = open_page(small_workspace, "analyst")
    app.text_area(key="analyst_sql").set_value("select count(*) as tickets from fct_sales")
    app.button[0].click().run()
    assert not app.error
    assert app.dataframe[0].value["tickets"][0] > 0
    assert "tickets" in app.code[0].value


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_the_analyst_page_is_for_analysts(
    open_page: OpenPage, small_workspace: Workspace, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", role)
    app = open_page(small_workspace, "analyst")
    assert not app.text_area
    assert "for analysts" in said(app)


@pytest.mark.parametrize("page", PAGES)
def test_staff_of_one_store_see_no_margin_no_other_store_and_no_exception(
    open_page: OpenPage, small_workspace: Workspace, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", "staff")
    monkeypatch.setenv("TILLSIGHT_APP_STORES", '["S1"]')
    app = open_page(small_workspace, page)
    assert not app.exception
    assert not app.error
    assert not {"Gross margin", "Gross margin rate", "Stock value"} & {metric.label for metric in app.metric}
    stores = [box for box in app.selectbox if box.label == "Store"]
    assert all(len(box.options) == 2 for box in stores)


def test_a_workspace_without_a_run_says_what_to_do(
    open_page: OpenPage, make_workspace: Callable[..., Workspace]
) -> None:
    app = open_page(make_workspace(), "sales")
    assert not app.exception
    assert [heading.value for heading in app.subheader] == ["No data yet"]
    assert app.code[0].value == "tillsight run"


def test_a_home_without_a_workspace_says_what_to_do(
    open_page: OpenPage, make_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Workspace(make_workspace().root.parent / "nowhere")
    app = open_page(missing, "today")
    assert not app.exception
    assert app.code[0].value == "make demo"


def test_a_new_run_is_picked_up_at_the_next_look(open_page: OpenPage, small_copy: Workspace) -> None:
    app = open_page(small_copy, "today")
    old = small_copy.published()
    newer = old.folder.with_name("marts-newer")
    old.folder.rename(newer)
    run = old.run.model_copy(update={"run_id": "newer", "as_of_date": old.run.as_of_date - timedelta(days=1)})
    (newer / "run.json").write_text(run.model_dump_json())
    write_atomically(small_copy.pointer, "marts-newer\n")
    app.run()
    assert formats.day(run.as_of_date) in said(app)


def test_an_unexpected_error_is_a_short_message_and_a_line_in_the_log(
    small_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLSIGHT_HOME", str(small_workspace.root.parent))
    monkeypatch.setenv("TILLSIGHT_WORKSPACE", small_workspace.root.name)

    def script() -> None:
        from app import page

        def broken(_shop: object) -> None:
            raise RuntimeError("secret detail")

        page.show("Broken", broken)

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "secret detail" not in app.error[0].value
    assert "secret detail" in (small_workspace.root.parent / "logs" / "tillsight.log").read_text()
