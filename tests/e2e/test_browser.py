"""What a newcomer sees: the demo in a real browser, every page, with the numbers that the metrics give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

PAGES = (
    "today",
    "assistant",
    "dashboard",
    "sales",
    "inventory",
    "forecast",
    "stock-risk",
    "reorder",
    "terms",
    "model-report",
    "data-health",
    "analyst",
)
WITH_CHARTS = ("today", "sales", "inventory", "forecast", "stock-risk", "model-report")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.getAttribute('data-test-script-state') === 'notRunning'
        && !document.querySelector('[data-testid="stSkeleton"]')
        && document.querySelector('h1');
}"""
DRAWN_MARKS = """svg => [...svg.querySelectorAll('.role-mark path')].filter(mark => {
    const box = mark.getBBox();
    return mark.getAttribute('d') && (box.width > 5 || box.height > 5);
}).length"""


@pytest.fixture
def page(browser: Browser, demo: Any) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP)
    opened = context.new_page()
    opened.goto(demo.url)
    yield opened
    context.close()


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function(SETTLED, timeout=60_000)
    page.wait_for_timeout(700)  # charts draw after the script has ended


def figure(page: Page, label: str) -> str:
    metric = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True)).first
    return metric.get_by_test_id("stMetricValue").inner_text().strip()


def as_number(text: str) -> float:
    return float(re.sub(r"[^0-9.\-]", "", text))


def total(demo: Any, metric: str, first: str, last: str, *where: str) -> float:
    filters = [argument for condition in where for argument in ("--where", condition)]
    answer = demo.json("metrics", "query", metric, "--from", first, "--to", last, *filters)
    return float(answer["rows"][0][metric])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_no_error_and_no_empty_chart(page: Page, demo: Any, name: str, tmp_path: Path) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    open_page(page, f"{demo.url}/{name}")
    page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0
    charts = page.locator('[data-testid="stVegaLiteChart"] > svg')
    if name in WITH_CHARTS:
        assert charts.count() > 0
    for index in range(charts.count()):
        assert charts.nth(index).evaluate(DRAWN_MARKS) > 0, f"chart {index} of {name} is empty"
    assert problems == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(browser: Browser, demo: Any, name: str) -> None:
    context = browser.new_context(viewport=PHONE, is_mobile=True)
    page = context.new_page()
    open_page(page, f"{demo.url}/{name}")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert overflow <= 0


def test_today_shows_the_sales_that_the_metric_gives(page: Page, demo: Any) -> None:
    as_of = demo.json("metrics", "query", "net_sales")["as_of"]
    open_page(page, f"{demo.url}/today")
    day = date.fromisoformat(as_of[:10]).isoformat()
    expected = total(demo, "net_sales", day, day)
    assert as_number(figure(page, "Net sales")) == pytest.approx(expected, abs=0.51)


def test_sales_of_one_store_and_period_in_the_address_are_those_of_the_metric(page: Page, demo: Any) -> None:
    as_of = date.fromisoformat(demo.json("metrics", "query", "net_sales")["as_of"][:10])
    open_page(page, f"{demo.url}/sales?store=S2&period=last_28_days")
    expected = total(
        demo, "net_sales", (as_of - timedelta(days=27)).isoformat(), as_of.isoformat(), "store_id = 'files:S2'"
    )
    assert as_number(figure(page, "Net sales")) == pytest.approx(expected, abs=0.51)


def test_filters_stay_when_the_page_changes(page: Page, demo: Any) -> None:
    open_page(page, f"{demo.url}/sales?store=S2&period=last_90_days")
    page.get_by_role("link", name="Inventory").click()
    page.wait_for_url("**/inventory*")
    page.wait_for_function(SETTLED, timeout=60_000)
    assert "store=S2" in page.url


def test_a_double_click_on_approve_is_one_decision(page: Page, demo: Any) -> None:
    open_page(page, f"{demo.url}/reorder?store=S2")
    page.get_by_role("button", name="Approve", exact=True).first.dblclick()
    page.get_by_test_id("stToast").get_by_text("Approved").first.wait_for(timeout=20_000)
    page.wait_for_function(SETTLED, timeout=60_000)
    assert len(demo.json("reorder", "list", "--state", "approved")["drafts"]) == 1
    assert [entry["action"] for entry in demo.json("audit", "list")["entries"]] == ["draft.approve"]


def test_a_question_is_asked_asked_on_explained_and_kept(page: Page, demo: Any) -> None:
    best = demo.json("ask", "What sold best this week?")
    open_page(page, f"{demo.url}/assistant")
    page.get_by_role("button", name="What sold best this week?").click()
    page.get_by_text("Verified question").first.wait_for(timeout=20_000)
    page.get_by_text(str(best["rows"][0]["product"])).first.wait_for(timeout=20_000)
    page.wait_for_function(SETTLED, timeout=60_000)
    assert page.locator('[data-testid="stVegaLiteChart"] > svg').last.evaluate(DRAWN_MARKS) == len(best["rows"])
    page.get_by_role("button", name=best["suggestions"][0]).click()
    page.get_by_test_id("stChatMessage").nth(3).wait_for(timeout=20_000)
    page.wait_for_function(SETTLED, timeout=60_000)
    page.get_by_text("How was this computed?").last.click()
    page.get_by_text("Queries that ran").last.wait_for(timeout=20_000)
    page.get_by_role("button", name="Keep on the dashboard").last.click()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("It is on the dashboard now.").first.wait_for(timeout=20_000)
    page.reload()
    page.get_by_test_id("stChatMessage").nth(3).wait_for(timeout=60_000)
    open_page(page, f"{demo.url}/dashboard")
    assert page.get_by_text(best["suggestions"][0], exact=True).count() > 0
    assert page.get_by_test_id("stException").count() == 0


def test_an_analyst_runs_guarded_sql_and_a_write_is_refused(page: Page, demo: Any) -> None:
    open_page(page, f"{demo.url}/analyst")
    editor = page.get_by_role("textbox", name=re.compile("SQL")).first
    editor.fill("drop table marts.fct_sales")
    page.get_by_role("button", name=re.compile("^Run")).first.click()
    page.wait_for_function(SETTLED, timeout=60_000)
    page.wait_for_timeout(700)
    assert page.get_by_test_id("stException").count() == 0
    assert "SELECT" in page.inner_text("body").upper()
    assert page.get_by_test_id("stAlert").count() > 0
