"""Everything that is made lies in the project and the workspace, and a page asks nobody but the app."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_run_and_a_visit_leave_the_home_folder_alone_and_ask_nobody_else(browser: Browser, demo: Any) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{demo.url}/today")
    page.get_by_role("heading", name="Today").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.close()
    assert asked
    assert [url for url in asked if not url.startswith((demo.url, "data:", "blob:"))] == []
    assert list((demo.home / "home-folder").rglob("*")) == []
