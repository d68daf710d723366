"""The conversation of a page: its turns, what is asked next, and where both are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import streamlit as st

from app.assistant.answer import Answer
from app.assistant.conversation import Conversation, read_back
from app.assistant.reading import Choice, Reading
from app.chat import access
from app.data import Shop
from retail.errors import TillsightError
from retail.operational.conversations import ConversationSummary

ADDRESS: Final = "c"
"""Where the name of the conversation stands in the address."""
QUESTION: Final = "q"
"""Where a question stands in the address; it is asked once."""

_NAME: Final = re.compile(r"[a-z0-9]{1,32}")
_THREAD: Final = "chat_thread"
_ASKING: Final = "chat_asking"


@dataclass(slots=True)
class Shown:
    """A turn on the page.

    Attributes:
        key: Tells its buttons from those of other turns.
        question: As it was asked.
        reading: How it was read.
        language: Language of the answer.
        planner: Who read it.
        answer: The answer, where it was given since the page was opened.
    """

    key: str
    question: str
    reading: Reading
    language: str
    planner: str
    answer: Answer | None = None


@dataclass(slots=True)
class Thread:
    """A conversation on the page: its name, whose it is, and its turns, the oldest first."""

    name: str
    owner: str
    turns: list[Shown]

    @property
    def language(self) -> str:
        """Language of the last answer."""
        return self.turns[-1].language if self.turns else "en"


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be asked now: words, or a reading that somebody chose."""

    question: str
    reading: Reading | None = None


def current(shop: Shop) -> Thread:
    """The conversation that the address names, else the one that this browser tab was in, else a new one."""
    named = str(st.query_params.get(ADDRESS, ""))
    here: Thread | None = st.session_state.get(_THREAD)
    wanted = named if _NAME.fullmatch(named) else ""
    owner = f"{shop.workspace.root}|{shop.principal}"
    if here is None or here.owner != owner or (wanted and wanted != here.name):
        here = _load(shop, wanted or uuid4().hex[:12], owner)
        st.session_state[_THREAD] = here
    if here.turns:
        st.query_params[ADDRESS] = here.name
    return here


def begin_anew() -> None:
    """Leave this conversation for a new one."""
    st.session_state.pop(_THREAD, None)
    st.query_params.pop(ADDRESS, None)


def go_to(name: str) -> None:
    """Go on with an earlier conversation."""
    st.session_state.pop(_THREAD, None)
    st.query_params[ADDRESS] = name


def earlier(shop: Shop, here: Thread) -> list[ConversationSummary]:
    """The person's other conversations, the newest first."""
    with access.conversations(shop) as store:
        return [found for found in store.recent(shop.principal) if found.name != here.name]


def ask_next(question: str) -> None:
    """Ask something on the next run of the page."""
    st.session_state[_ASKING] = Asking(question)


def choose_next(choice: Choice) -> None:
    """Answer a reading that somebody chose on the next run of the page."""
    st.session_state[_ASKING] = Asking(choice.label, choice.reading)


def asked(typed: str | None) -> Asking | None:
    """What is to be asked now: what was typed, else what was pressed, else what the address asks, once."""
    pressed: Asking | None = st.session_state.pop(_ASKING, None)
    addressed = st.query_params.pop(QUESTION, None) if QUESTION in st.query_params else None
    if typed:
        return Asking(typed)
    return pressed or (Asking(str(addressed)) if addressed else None)


def ask(shop: Shop, here: Thread, asking: Asking) -> tuple[Shown, str | None]:
    """Answer what is asked, and keep how it was read.

    Returns:
        The new turn, and why it was not kept if it was not.

    Raises:
        UnusableRequest: The question is empty or too long.
    """
    assistant = access.assistant_of(shop)
    days = shop.today, shop.catalogue.first_date
    with Conversation.of(shop.workspace, shop.settings, shop.principal, here.name, *days) as conversation:
        if asking.reading is None:
            answer = assistant.ask(
                asking.question, shop.principal, previous=conversation.previous, language=conversation.language
            )
        else:
            answer = assistant.answer(
                asking.reading, shop.principal, asked=asking.question, language=conversation.language or "en"
            )
        key, problem = uuid4().hex, None
        try:
            conversation.record(answer)
        except TillsightError as error:
            problem = str(error)
    turn = Shown(key, answer.question, answer.reading, answer.language, answer.planner, answer)
    here.turns.append(turn)
    return turn, problem


def _load(shop: Shop, name: str, owner: str) -> Thread:
    with access.conversations(shop) as store:
        kept = store.turns(shop.principal, name)
    read = ((turn, read_back(turn, shop.today, shop.catalogue.first_date)) for turn in kept)
    turns = [Shown(t.turn_id, t.question, reading, t.language, t.planner) for t, reading in read if reading is not None]
    return Thread(name, owner, turns)
