"""What a person can do with an answer: say whether it was right, and keep its question on the dashboard."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app import formats
from app.assistant import learning
from app.assistant.answer import Answer
from app.assistant.reading import Kind
from app.assistant.speech import Speech
from app.chat import access, answer_card
from app.data import Shop
from retail.errors import TillsightError
from retail.operational.feedback import LONGEST_CORRECTION
from retail.operational.saved_questions import LONGEST_TITLE

_UNANSWERED: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})
_UP: Final = 1


def show(shop: Shop, answer: Answer, key: str) -> None:
    """Draw the thumbs, the way to the dashboard and to the page that shows more, and how new the data are."""
    speech = Speech(answer.language, shop.catalogue)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        thumb = st.feedback("thumbs", key=f"thumb_{key}", on_change=_thumbed, args=(shop, answer, key))
        if answer.kind not in _UNANSWERED:
            with st.popover(speech.say("chat.pin"), type="tertiary", key=f"pin_{key}"):
                _pin(shop, answer, speech, key)
        answer_card.go_on(answer.findings.page, speech)
        st.caption(formats.plain(answer_card.as_of(answer, speech)), width="content")
    if thumb is not None and thumb != _UP:
        _correct(shop, answer, speech, key)


def _thumbed(shop: Shop, answer: Answer, key: str) -> None:
    thumb = st.session_state.get(f"thumb_{key}")
    if thumb is not None:
        _give(shop, answer, is_helpful=thumb == _UP, thanks="chat.thanks")


def _correct(shop: Shop, answer: Answer, speech: Speech, key: str) -> None:
    with st.form(f"correct_{key}", clear_on_submit=True, border=False):
        label = speech.say("chat.correction")
        correction = st.text_input(label, max_chars=LONGEST_CORRECTION, key=f"correction_{key}")
        is_sent = st.form_submit_button(speech.say("chat.correction_send"))
    if is_sent and correction.strip():
        _give(shop, answer, is_helpful=False, thanks="chat.correction_thanks", correction=correction)


def _give(shop: Shop, answer: Answer, *, is_helpful: bool, thanks: str, correction: str | None = None) -> None:
    books = access.assistant_of(shop).books(shop.principal)
    try:
        learning.give(books, answer, is_helpful=is_helpful, correction=correction)
    except TillsightError as error:
        st.toast(formats.plain(error))
    else:
        st.toast(formats.plain(Speech(answer.language, shop.catalogue).say(thanks)))


def _pin(shop: Shop, answer: Answer, speech: Speech, key: str) -> None:
    with st.form(f"keep_{key}", border=False):
        title = st.text_input(
            speech.say("chat.pin_title"), value=answer.question[:LONGEST_TITLE], max_chars=LONGEST_TITLE
        )
        is_shared = shop.principal.may_decide and st.checkbox(speech.say("chat.pin_share"))
        is_sent = st.form_submit_button(speech.say("chat.pin_save"), type="primary")
    if is_sent:
        _save(shop, answer, speech, title, is_shared=is_shared)


def _save(shop: Shop, answer: Answer, speech: Speech, title: str, *, is_shared: bool) -> None:
    try:
        with access.saved_questions(shop) as store:
            store.save(
                shop.principal,
                title=title,
                question=answer.question,
                language=answer.language,
                reading=answer.reading.model_dump_json(exclude_defaults=True),
                is_shared=is_shared,
            )
    except TillsightError as error:
        st.error(formats.plain(error))
    else:
        st.toast(formats.plain(speech.say("chat.pinned")))
        st.success(formats.plain(speech.say("chat.pinned")))
