"""The edge of every page: opens the shop, draws the page, and turns whatever goes wrong into plain words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from app import components, formats
from app.data import Shop, open_shop
from retail.errors import NothingPublished, Refused, TillsightError, UnusableRequest
from retail.logs import write_to_error_log
from retail.settings import Settings
from retail.workspace import Workspace

_LOOK_FOR_NEW_RUN_SECONDS = 20
_log = logging.getLogger("tillsight.app")


def show(title: str, render: Callable[[Shop], None]) -> None:
    """Draw a page.

    Args:
        title: Heading of the page.
        render: Draws everything below the heading.
    """
    st.title(title, anchor=False)
    try:
        shop = open_shop()
        _say_whose_data(shop)
        render(shop)
        _watch_for_new_run(shop.workspace, shop.run.run_id)
    except NothingPublished as error:
        _no_data_yet(str(error), "tillsight run")
    except UnusableRequest as error:
        _no_data_yet(str(error), "make demo")
    except TillsightError as error:
        _log.warning("%s: %s", title, error)
        st.error(formats.plain(error))
    except Exception as error:  # the page's edge
        path = write_to_error_log(Settings().home, error)
        _log.exception("%s: unexpected error, details in %s", title, path or "this log")
        st.error("Something unexpected went wrong on this page. The details are in the log of the app.")


def section(title: str, draw: Callable[[], None]) -> None:
    """Draw a part of a page below its heading; what it cannot have, or not in time, leaves the other parts whole."""
    st.subheader(title, anchor=False)
    try:
        draw()
    except Refused as error:
        components.empty(str(error))
    except TillsightError as error:
        _log.warning("%s: %s", title, error)
        st.error(formats.plain(error))


def _no_data_yet(message: str, command: str) -> None:
    st.subheader("No data yet", anchor=False)
    st.markdown(formats.plain(message))
    st.markdown("In a terminal, in the project's folder:")
    st.code(command, language=None)
    st.caption("This page shows the numbers as soon as they are there: reload it then.")


def _say_whose_data(shop: Shop) -> None:
    age_hours = (datetime.now(UTC) - shop.run.published_at).total_seconds() / 3600
    parts = [f"Workspace {formats.plain(shop.workspace.name)}"]
    if shop.description.kind == "demo":
        parts.append("demo data")
    parts += [f"sales up to {formats.day(shop.today)}", f"published {formats.ago(age_hours)} ago"]
    st.caption(" · ".join(parts))


@st.fragment(run_every=_LOOK_FOR_NEW_RUN_SECONDS)
def _watch_for_new_run(workspace: Workspace, run_id: str) -> None:
    if workspace.published().run.run_id != run_id:
        st.rerun()
