"""The dashboard: kept questions answered anew, with the numbers that whoever looks may see."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from app import formats
from app.assistant import dates
from app.assistant.reading import Kind, Reading
from metrics import MetricQuery, Metrics
from retail.operational.saved_questions import SavedQuestion, SavedQuestions
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.vocabulary import Role
from retail.workspace import Workspace

pytestmark = pytest.mark.xdist_group("app")

OpenPage = Callable[..., AppTest]
TODAY = date(2025, 6, 13)
LONG_AGO = date(2025, 3, 5)


def last_week(as_of: date, *metrics: str) -> Reading:
    return Reading(kind=Kind.METRIC, metrics=metrics, period=dates.named("last_week", as_of))


def save(
    shop: Workspace, title: str, reading: str, *, is_shared: bool = False, who: Principal = LOCAL
) -> SavedQuestion:
    with closing(SavedQuestions.of(shop, Settings())) as store:
        return store.save(who, title=title, question="Sales?", language="en", reading=reading, is_shared=is_shared)


def titles(shop: Workspace) -> list[str]:
    with closing(SavedQuestions.of(shop, Settings())) as store:
        return [found.title for found in store.visible(LOCAL)]


def said(app: AppTest) -> str:
    blocks = (app.markdown, app.caption, app.info, app.toast, app.warning, app.error)
    return " ".join(element.value for block in blocks for element in block).replace("\\", "")


def net_sales(shop: Workspace, principal: Principal = LOCAL) -> str:
    period = dates.named("last_week", TODAY)
    with closing(Metrics.open(shop)) as metrics:
        query = MetricQuery(metrics=("net_sales",), from_date=period.first, to_date=period.last)
        return formats.plain(formats.money(metrics.query(query, principal).rows[0]["net_sales"], "USD"))


def test_an_empty_dashboard_says_how_to_fill_it(open_page: OpenPage, workspace_with_drafts: Workspace) -> None:
    assert "keep the question on the dashboard" in said(open_page(workspace_with_drafts, "dashboard"))


def test_a_kept_question_moves_on_with_the_days_and_shows_the_metrics_number(
    open_page: OpenPage, workspace_with_drafts: Workspace
) -> None:
    save(workspace_with_drafts, "Last week", last_week(LONG_AGO, "net_sales").model_dump_json())
    app = open_page(workspace_with_drafts, "dashboard")
    assert not app.exception
    assert app.metric[0].value == net_sales(workspace_with_drafts)


def test_the_numbers_are_those_of_whoever_looks(
    open_page: OpenPage, workspace_with_drafts: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = workspace_with_drafts
    save(shop, "Sales", last_week(TODAY, "net_sales").model_dump_json(), is_shared=True)
    save(shop, "Margin", last_week(TODAY, "gross_margin").model_dump_json(), is_shared=True)
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", "staff")
    monkeypatch.setenv("TILLSIGHT_APP_STORES", '["S1"]')
    app = open_page(shop, "dashboard")
    limited = net_sales(shop, Principal("local", Role.STAFF, ("S1",)))
    assert limited != net_sales(shop)
    assert [metric.value for metric in app.metric] == [limited]
    assert "may not see gross margin" in said(app)
    assert not [button for button in app.button if button.label == "Remove"]


def test_cards_are_renamed_moved_and_removed(open_page: OpenPage, workspace_with_drafts: Workspace) -> None:
    shop = workspace_with_drafts
    first, second = (save(shop, title, last_week(TODAY, "net_sales").model_dump_json()) for title in ("a", "b"))
    app = open_page(shop, "dashboard")
    app.button(key=f"up_{second.saved_id}").click().run()
    assert titles(shop) == ["b", "a"]
    app.button(key=f"remove_{second.saved_id}").click().run()
    assert titles(shop) == ["a"]
    app.text_input[0].set_value("**[z](http://evil.example)**")
    next(button for button in app.button if button.label == "Rename").click().run()
    assert titles(shop) == ["**[z](http://evil.example)**"]
    assert not any("](http" in element.value for element in app.markdown)
    assert first.saved_id


@pytest.mark.parametrize("reading", ["{", '{"kind":"metric","metrics":["x"],"unknown":1}', '{"kind":"oracle"}'])
def test_a_reading_of_another_version_leaves_the_other_cards_whole(
    open_page: OpenPage, workspace_with_drafts: Workspace, reading: str
) -> None:
    save(workspace_with_drafts, "broken", reading)
    save(workspace_with_drafts, "whole", last_week(TODAY, "net_sales").model_dump_json())
    app = open_page(workspace_with_drafts, "dashboard")
    assert not app.exception
    assert "ask it again" in said(app)
    assert len(app.metric) == 1
