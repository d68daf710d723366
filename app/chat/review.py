"""Feedback for whoever looks after the questions: what was asked, how it was read, whether that is right."""

from __future__ import annotations

import streamlit as st

from app import components, formats
from app.assistant import learning
from app.assistant.speech import Speech
from app.chat import access, explained
from app.data import Shop
from retail.errors import TillsightError
from retail.operational.feedback import Feedback

_SHOWN = 20


def show(shop: Shop) -> None:
    """Draw what waits for a decision."""
    with access.feedback(shop) as store:
        waiting = store.newest(limit=_SHOWN + 1)
        if not waiting:
            components.empty("No feedback waits. Thumbs and corrections on the Assistant page come here.")
            return
        st.caption(
            "What you accept is read this way from then on, for everybody who asks it in these words, and badged as "
            "verified. Nothing is learnt without you; each decision is in the audit."
        )
        for feedback in waiting[:_SHOWN]:
            _card(shop, feedback)
        if len(waiting) > _SHOWN:
            st.caption(f"These are the newest {_SHOWN}; more appear as you decide.")


def _reader(shop: Shop) -> learning.ReadAgain:
    assistant = access.assistant_of(shop)
    return lambda question, previous: assistant.understand(question, shop.principal, previous).reading


def _card(shop: Shop, feedback: Feedback) -> None:
    with st.container(border=True):
        thumb = ":green-badge[Right]" if feedback.is_helpful else ":red-badge[Wrong]"
        st.markdown(f"{thumb} **{formats.plain(feedback.question)}**")
        if feedback.correction:
            st.markdown(f"Meant: {formats.plain(feedback.correction)}")
        st.caption(formats.plain(f"{feedback.actor} ({feedback.role}), {feedback.at:%d %b %Y, %H:%M} UTC"))
        can_accept = _proposal(shop, feedback)
        with st.container(horizontal=True, gap="small"):
            key = feedback.feedback_id
            if can_accept:
                st.button("Accept as verified", key=f"accept_{key}", type="primary", on_click=_accept, args=(shop, key))
            st.button("Reject", key=f"reject_{key}", on_click=_reject, args=(shop, key))


def _proposal(shop: Shop, feedback: Feedback) -> bool:
    """Say how the question would be read; whether there is anything to accept."""
    try:
        reading = learning.proposed(feedback, _reader(shop))
        learning.must_be_sound(feedback, reading, access.assistant_of(shop).books(shop.principal), _reader(shop))
    except TillsightError as error:
        st.caption(formats.plain(error))
        return False
    speech = Speech("en", shop.catalogue)
    told = [f"{name}: {text}" for name, text in explained.reading_rows(reading, speech)]
    st.markdown(f":gray[{formats.plain(' · '.join(told))}]")
    return True


def _accept(shop: Shop, feedback_id: str) -> None:
    books = access.assistant_of(shop).books(shop.principal)
    try:
        with access.feedback(shop) as store:
            learning.accept(store, books, feedback_id, _reader(shop))
    except TillsightError as error:
        st.toast(formats.plain(error))
    else:
        st.toast("Accepted: this question is verified now.")


def _reject(shop: Shop, feedback_id: str) -> None:
    try:
        with access.feedback(shop) as store:
            learning.reject(store, shop.principal, feedback_id)
    except TillsightError as error:
        st.toast(formats.plain(error))
    else:
        st.toast("Rejected.")
