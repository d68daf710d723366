"""The day in a few sentences on the page of today: the assistant's own summary, with a way to ask on."""

from __future__ import annotations

import streamlit as st

from app import formats
from app.assistant import dates
from app.assistant.reading import Kind, Reading
from app.chat import access, answer_card
from app.data import Shop
from app.filters import Filters, equals
from retail.errors import TillsightError

_QUESTION = "Summarise today"


def fill(shop: Shop, filters: Filters) -> None:
    """Write the summary of today in the chosen store; a summary that cannot be had leaves the page whole."""
    where = (equals("store", filters.store_label),) if filters.store_label else ()
    reading = Reading(kind=Kind.DIGEST, where=where, period=dates.named("today", shop.today))
    try:
        answer = access.answer(shop, reading, question=_QUESTION)
    except TillsightError as error:
        st.caption(formats.plain(error))
        return
    answer_card.text(answer.findings.text)
    answer_card.beside((*answer.findings.assumptions, *answer.warnings))
    st.page_link("views/assistant.py", label="Ask about it", query_params={"q": _QUESTION})
