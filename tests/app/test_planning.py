"""The pages on stock risk, what if, suppliers' terms and models, over the small demo with plausible rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing

import duckdb
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app import fan_chart, formats, term_import, what_if
from app.data import open_shop
from app.model_names import in_words
from retail.operational.term_fields import TermField
from retail.operational.term_files import TermFileError, read_terms
from retail.operational.terms import TermOverride, TermOverrides
from retail.principal import LOCAL
from retail.settings import Settings
from retail.workspace import Workspace

pytestmark = pytest.mark.xdist_group("app")

OpenPage = Callable[..., AppTest]


def said(app: AppTest) -> str:
    blocks = (app.markdown, app.caption, app.info, app.toast, app.warning, app.error)
    return " ".join(element.value for block in blocks for element in block).replace("\\", "").replace("\u2060", "")


def figure(app: AppTest, label: str) -> str:
    return next(metric.value for metric in app.metric if metric.label == label)


def ask(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(workspace.published().database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def terms(workspace: Workspace) -> list[TermOverride]:
    with closing(TermOverrides.of(workspace, Settings())) as store:
        return store.all()


def test_the_most_money_at_risk_comes_first_and_leads_to_its_draft(
    open_page: OpenPage, workspace_with_drafts: Workspace
) -> None:
    app = open_page(workspace_with_drafts, "stock_risk", store="S1")
    assert not app.exception
    assert not app.error
    of_store = "from marts.fct_stock_risk where store_id = 'files:S1'"
    ((count, lost),) = ask(workspace_with_drafts, f"select count(*), sum(expected_lost_amount) {of_store}")
    table = app.dataframe[0].value
    assert len(table) == count
    assert list(table["expected_lost_amount"]) == sorted(table["expected_lost_amount"], reverse=True)
    assert figure(app, "Sales at risk") == formats.plain(formats.money(lost, "USD"))
    app.selectbox(key="stock_risk_product").select_index(0).run()
    assert not app.exception
    links = [link.label for link in app.get("page_link")]
    assert {"Its reorder draft", "Its forecast"} <= {*links}


def test_a_scenario_tells_the_change_in_units(open_page: OpenPage, workspace_with_drafts: Workspace) -> None:
    app = open_page(workspace_with_drafts, "forecast")
    control = next(found for found in app.get("button_group") if found.label == "What if")
    assert [option.content for option in control.proto.options][:3] == [
        "As planned",
        "With a promotion",
        "Without a promotion",
    ]
    control.set_value("promotion").run()
    assert not app.exception
    mean = "sum(0.3 * q10 + 0.4 * q50 + 0.3 * q90)"
    series = "series_id = (select series_id from marts.fct_forecast_series order by mean_daily_units desc limit 1)"
    units = dict(
        ask(
            workspace_with_drafts,
            f"select scenario, {mean} from marts.fct_forecast_scenarios where {series} group by scenario",
        )
    )
    more = formats.number(units["promotion"] - units["baseline"])
    assert (
        f"With a promotion: {formats.number(units['promotion'])} units in 28 days, {more} more than as planned"
        in said(app)
    )


def test_the_address_of_a_forecast_names_its_series(open_page: OpenPage, workspace_with_drafts: Workspace) -> None:
    app = open_page(workspace_with_drafts, "forecast")
    other = app.selectbox(key="forecast_series_None_None").options[5]
    app = open_page(workspace_with_drafts, "forecast", series=other)
    assert app.selectbox(key="forecast_series_None_None").value == other
    hostile = open_page(workspace_with_drafts, "forecast", series="<script>alert(1)</script>")
    assert "left out" in said(hostile)
    assert not hostile.exception


def test_a_term_is_set_shown_and_taken_back(open_page: OpenPage, workspace_with_drafts: Workspace) -> None:
    ((supplier_id, supplier),) = ask(
        workspace_with_drafts, "select supplier_id, supplier from marts.dim_suppliers order by supplier limit 1"
    )
    app = open_page(workspace_with_drafts, "terms", supplier=str(supplier))
    assert not app.exception
    assert not app.error
    app.text_input(key="term_value").set_value("soon").run()
    app.button(key="term_set").click().run()
    assert len(app.error) == 1
    assert terms(workspace_with_drafts) == []
    app.text_input(key="term_value").set_value("9").run()
    app.button(key="term_set").click().run()
    assert not app.error
    (override,) = terms(workspace_with_drafts)
    assert (override.field, override.value, override.supplier_id) == (TermField.LEAD_TIME_DAYS, "9", supplier_id)
    assert override.set_by == LOCAL.user
    app.selectbox(key="term_clear").select_index(0).run()
    app.button(key="term_clear_button").click().run()
    assert terms(workspace_with_drafts) == []
    assert "the source’s again" in said(app)


@pytest.mark.parametrize("role", ["staff", "analyst"])
def test_who_may_not_set_terms_looks_on(
    open_page: OpenPage, workspace_with_drafts: Workspace, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", role)
    app = open_page(workspace_with_drafts, "terms")
    assert not app.exception
    assert not app.error
    assert not app.text_input
    assert f"The role {role} looks on" in said(app)


@pytest.mark.parametrize("page", ["stock_risk", "reorder", "terms", "model_report"])
def test_staff_of_one_store_see_no_other_store_and_no_error(
    open_page: OpenPage, workspace_with_drafts: Workspace, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", "staff")
    monkeypatch.setenv("TILLSIGHT_APP_STORES", '["S1"]')
    app = open_page(workspace_with_drafts, page)
    assert not app.exception
    assert not app.error
    assert "Lakeview" not in said(app)
    shown = [table.value for table in app.dataframe]
    assert not any("unit_cost" in table or "amount" in table for table in shown)
    assert not any((table["store"] == "Lakeview").any() for table in shown if "store" in table)


def test_a_file_of_terms_is_read_by_names_and_told_by_lines(
    workspace_with_drafts: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLSIGHT_HOME", str(workspace_with_drafts.root.parent))
    monkeypatch.setenv("TILLSIGHT_WORKSPACE", workspace_with_drafts.root.name)
    known = term_import.known_names(open_shop())
    ((supplier_id, supplier),) = ask(
        workspace_with_drafts, "select supplier_id, supplier from marts.dim_suppliers order by supplier limit 1"
    )
    content = f"supplier,store,lead_time_days\n{supplier},Lakeview,4\n"
    (override,) = read_terms(content.encode(), known)
    assert override.scope == (supplier_id, None, "files:S2")
    with pytest.raises(TermFileError) as raised:
        read_terms(f"{content}Nobody,,4\n{supplier},,soon\n".encode(), known)
    assert [problem.line for problem in raised.value.problems] == [3, 4]


def test_the_model_report_tells_how_many_series_each_model_serves(
    open_page: OpenPage, workspace_with_drafts: Workspace
) -> None:
    app = open_page(workspace_with_drafts, "model_report")
    assert not app.exception
    assert not app.error
    ((count,),) = ask(workspace_with_drafts, "select count(*) from marts.fct_forecast_series")
    assert figure(app, "Series") == formats.number(count)
    assert sum(app.dataframe[0].value["series"]) == count
    assert "Drifting" in said(app)


def test_today_leads_to_the_drafts_that_wait(open_page: OpenPage, workspace_with_drafts: Workspace) -> None:
    app = open_page(workspace_with_drafts, "today")
    assert not app.exception
    ((count,),) = ask(workspace_with_drafts, "select count(*) from marts.fct_reorder_drafts")
    assert any(re.search(rf"{count} reorder drafts wait", link.label) for link in app.get("page_link"))


def test_days_on_promotion_are_drawn_as_stretches() -> None:
    days = pd.date_range("2025-06-01", periods=6)
    history = pd.DataFrame({"day": days, "is_promoted": [True, True, False, True, False, False]})
    spans = fan_chart.promotion_spans(history)
    assert [(first.day, last.day) for first, last in zip(spans["first"], spans["last"], strict=True)] == [
        (1, 2),
        (4, 4),
    ]
    assert fan_chart.promotion_spans(history.assign(is_promoted=False)).empty


def test_a_scenario_that_changes_nothing_says_so() -> None:
    frame = pd.DataFrame({"q10": [1.0], "q50": [2.0], "q90": [3.0]})
    units = what_if.expected_units(frame)
    assert units == 2.0
    assert what_if.Scenario("With a promotion", frame, units, units).sentence == (
        "With a promotion: 2 units in 1 day, as many as planned."
    )


def test_scenarios_and_models_have_names_that_people_read() -> None:
    assert what_if.label("price_-10%", -0.1) == "Price −10%"
    assert what_if.label("no_promotion", 0) == "Without a promotion"
    assert in_words("combination(bundled+auto_ets+tsb)") == (
        "a combination of the bundled Chronos model, exponential smoothing and TSB"
    )
    assert in_words("combination(bundled+theta)+analogues") == (
        "a combination of the bundled Chronos model and theta, with similar products"
    )
    assert in_words("some_new_model") == "some new model"
