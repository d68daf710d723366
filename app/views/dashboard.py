"""Dashboard: questions that people keep, answered anew whenever the page is opened, for whoever looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from pydantic import ValidationError

from app import components, formats, page
from app.assistant.reading import Reading
from app.assistant.renewal import renewed
from app.assistant.speech import Speech
from app.chat import access, answer_card
from app.data import Shop
from retail.errors import TillsightError
from retail.operational.saved_questions import LONGEST_TITLE, SavedQuestion, SavedQuestions, may_change


def render(shop: Shop) -> None:
    """Draw the page."""
    with access.saved_questions(shop) as store:
        saved = store.visible(shop.principal)
    if not saved:
        components.empty("Nothing is kept here yet. Ask something, and keep the question on the dashboard.")
        st.page_link("views/assistant.py", label="Ask the assistant")
        return
    shared, own = [item for item in saved if item.is_shared], [item for item in saved if not item.is_shared]
    if shared:
        page.section("For everybody", lambda: _cards(shop, shared))
    if own:
        page.section("Yours", lambda: _cards(shop, own))


def _cards(shop: Shop, saved: Sequence[SavedQuestion]) -> None:
    columns = st.columns(2, gap="medium")
    for index, item in enumerate(saved):
        with columns[index % 2], st.container(border=True, key=f"card_{item.saved_id}"):
            _card(shop, item)


def _card(shop: Shop, saved: SavedQuestion) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{formats.plain(saved.title)}**")
        if may_change(shop.principal, saved):
            with st.popover("Change", type="tertiary", key=f"change_{saved.saved_id}"):
                _change(shop, saved)
    try:
        reading = renewed(Reading.model_validate_json(saved.reading), shop.today, shop.catalogue.first_date)
        answer = access.answer(shop, reading, question=saved.question, language=saved.language)
    except (ValidationError, ValueError):
        components.empty("This version reads questions otherwise: ask it again, and keep it anew.")
        return
    except TillsightError as error:
        components.empty(str(error))
        return
    answer_card.show(shop, answer, saved.saved_id, is_compact=True)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(formats.plain(answer_card.as_of(answer, Speech(answer.language, shop.catalogue))), width="content")
        st.page_link("views/assistant.py", label="Ask on", query_params={"q": saved.question})


def _change(shop: Shop, saved: SavedQuestion) -> None:
    with st.form(f"rename_{saved.saved_id}", border=False):
        title = st.text_input("Title", value=saved.title, max_chars=LONGEST_TITLE)
        if st.form_submit_button("Rename"):
            _do(shop, lambda store: store.rename(shop.principal, saved.saved_id, title))
            st.rerun()
    with st.container(horizontal=True, gap="small"):
        st.button("Move up", key=f"up_{saved.saved_id}", on_click=_move, args=(shop, saved, True))
        st.button("Move down", key=f"down_{saved.saved_id}", on_click=_move, args=(shop, saved, False))
        st.button("Remove", key=f"remove_{saved.saved_id}", on_click=_remove, args=(shop, saved))


def _move(shop: Shop, saved: SavedQuestion, is_up: bool) -> None:
    _do(shop, lambda store: store.move(shop.principal, saved.saved_id, is_up=is_up))


def _remove(shop: Shop, saved: SavedQuestion) -> None:
    _do(shop, lambda store: store.remove(shop.principal, saved.saved_id))


def _do(shop: Shop, change: Callable[[SavedQuestions], None]) -> None:
    try:
        with access.saved_questions(shop) as store:
            change(store)
    except TillsightError as error:
        st.toast(formats.plain(error))


page.show("Dashboard", render)
