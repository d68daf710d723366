"""Answers for pages: one assistant per published run, and answers remembered while nothing changes."""

from __future__ import annotations

from contextlib import closing

import streamlit as st

from app.assistant.answer import Answer
from app.assistant.assistant import Assistant
from app.assistant.reading import Reading
from app.data import Shop
from retail.operational.conversations import Conversations
from retail.operational.database import open_store
from retail.operational.feedback import FeedbackStore
from retail.operational.saved_questions import SavedQuestions
from retail.principal import Principal

_REMEMBERED = 300
"""Answers kept in memory over all people and runs."""


def assistant_of(shop: Shop) -> Assistant:
    """The assistant over the run that the page shows."""
    return _assistant(id(shop.metrics), shop)


def answer(
    shop: Shop, reading: Reading, *, question: str = "", language: str = "en", planned_by: str = "local"
) -> Answer:
    """The answer to a reading, from memory if nothing has changed since it was given before."""
    key = (str(shop.workspace.root), shop.run.run_id, _decided(shop))
    return _answer(key, reading, shop.principal, question, language, planned_by, assistant_of(shop))


def conversations(shop: Shop) -> closing[Conversations]:
    """The conversations of the workspace, to be closed."""
    return closing(Conversations.of(shop.workspace, shop.settings))


def feedback(shop: Shop) -> closing[FeedbackStore]:
    """The feedback of the workspace, to be closed."""
    return closing(FeedbackStore.of(shop.workspace, shop.settings))


def saved_questions(shop: Shop) -> closing[SavedQuestions]:
    """The dashboards of the workspace, to be closed."""
    return closing(SavedQuestions.of(shop.workspace, shop.settings))


def _decided(shop: Shop) -> int:
    """How much the audit tells: answers about drafts change when somebody decides on one."""
    from retail.operational import audit

    engine = open_store(shop.workspace, shop.settings)
    try:
        newest = audit.entries(engine, limit=1)
    finally:
        engine.dispose()
    return newest[0].sequence if newest else 0


# Keyed by the open run: an assistant never outlives the reader that it asks.
@st.cache_resource(show_spinner=False, max_entries=4)
def _assistant(metrics: int, _shop: Shop) -> Assistant:  # noqa: ARG001  which reader it is
    return Assistant(_shop.metrics, _shop.workspace, _shop.settings)


@st.cache_data(show_spinner=False, max_entries=_REMEMBERED, hash_funcs={Reading: repr, Principal: repr})
def _answer(
    key: tuple[str, str, int],  # noqa: ARG001  which run it is, and how much had been decided
    reading: Reading,
    principal: Principal,
    question: str,
    language: str,
    planned_by: str,
    _assistant: Assistant,
) -> Answer:
    return _assistant.answer(reading, principal, asked=question, language=language, planned_by=planned_by)
