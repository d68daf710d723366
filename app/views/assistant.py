"""Assistant: questions in plain words, answered from the metrics, with where each answer comes from."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app import formats, page
from app.assistant import verified
from app.assistant.answer import Answer
from app.assistant.question import LONGEST
from app.assistant.reading import Kind
from app.assistant.speech import Speech
from app.chat import access, answer_card, keeping, thread
from app.chat.thread import Asking, Shown, Thread
from app.data import Shop
from retail.errors import TillsightError

_SHOWN_AT_ONCE: Final = 6
_SHOWN: Final = "chat_shown"
_ABILITIES: Final = (
    "Sales, margin, stock and customers by product, category, store, supplier and time; comparisons and trends; why "
    "a number changed; what may run out, what to order and what hardly sells; a day or a week in a few sentences. Ask "
    "on from an answer: “and last month?”, “only Dairy”, “by week”. English or German."
)


def render(shop: Shop) -> None:
    """Draw the page."""
    here = thread.current(shop)
    asking = thread.asked(st.chat_input("Ask about sales, stock, orders …", max_chars=LONGEST, key="chat_input"))
    _other_conversations(shop, here)
    if not here.turns and asking is None:
        _welcome()
        return
    _history(shop, here, is_asking=asking is not None)
    if asking is not None:
        _ask(shop, here, asking)


def _welcome() -> None:
    st.markdown("Ask in plain words. Every number comes from the same metrics as on the other pages.")
    with st.grid(3, min_column_width=220, gap="small"):
        for index, question in enumerate(verified.headlines("en")):
            st.button(
                formats.plain(question),
                key=f"headline_{index}",
                on_click=thread.ask_next,
                args=(question,),
                width="stretch",
            )
    st.caption(_ABILITIES)


def _other_conversations(shop: Shop, here: Thread) -> None:
    others = thread.earlier(shop, here)
    if not others and not here.turns:
        return
    with st.container(horizontal=True, horizontal_alignment="right", key="chat_others"):
        if here.turns:
            st.button("New conversation", on_click=thread.begin_anew, type="tertiary", key="chat_new")
        if others:
            with st.popover("Earlier conversations", type="tertiary"):
                for found in others:
                    label = f"{formats.plain(found.first_question[:80])} ({found.at:%d %b %Y})"
                    key = f"chat_{found.name}"
                    st.button(label, key=key, on_click=thread.go_to, args=(found.name,), type="tertiary")


def _history(shop: Shop, here: Thread, *, is_asking: bool) -> None:
    shown = max(_SHOWN_AT_ONCE, int(st.session_state.get(_SHOWN, 0)))
    if len(here.turns) > shown:
        st.button("Show earlier questions", on_click=_show_more, args=(shown,), type="tertiary", key="chat_earlier")
    for turn in here.turns[-shown:]:
        _question(turn.question)
        with st.chat_message("assistant", avatar=":material/storefront:"):
            _turn(shop, turn, is_last=turn is here.turns[-1] and not is_asking)


def _show_more(shown: int) -> None:
    st.session_state[_SHOWN] = shown + _SHOWN_AT_ONCE


def _question(question: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(formats.plain(question))


def _turn(shop: Shop, turn: Shown, *, is_last: bool, is_new: bool = False) -> None:
    try:
        if turn.answer is None:
            turn.answer = access.answer(
                shop, turn.reading, question=turn.question, language=turn.language, planned_by=turn.planner
            )
        answer_card.show(shop, turn.answer, turn.key, is_new=is_new)
        keeping.show(shop, turn.answer, turn.key)
        if is_last:
            _next(shop, turn.answer, turn.key)
    except TillsightError as error:
        st.error(formats.plain(error))


def _next(shop: Shop, answer: Answer, key: str) -> None:
    """What to press next: readings to choose from, and further questions."""
    found, speech = answer.findings, Speech(answer.language, shop.catalogue)
    if found.choices:
        st.caption(formats.plain(speech.say("chat.choose" if answer.kind is Kind.CLARIFY else "chat.nearest")))
        for index, choice in enumerate(found.choices):
            label, name = formats.plain(choice.label), f"choice_{key}_{index}"
            st.button(label, key=name, on_click=thread.choose_next, args=(choice,))
    labels = {choice.label for choice in found.choices}
    further = [suggestion for suggestion in found.suggestions if suggestion not in labels]
    if further:
        st.caption(formats.plain(speech.say("chat.suggestions")))
        with st.container(horizontal=True, gap="small"):
            for index, suggestion in enumerate(further):
                label, name = formats.plain(suggestion), f"suggestion_{key}_{index}"
                st.button(label, key=name, on_click=thread.ask_next, args=(suggestion,))


def _ask(shop: Shop, here: Thread, asking: Asking) -> None:
    _question(asking.question)
    with st.chat_message("assistant", avatar=":material/storefront:"):
        try:
            with st.spinner("Looking it up"):
                turn, problem = thread.ask(shop, here, asking)
        except TillsightError as error:
            st.error(formats.plain(error))
            return
        st.query_params[thread.ADDRESS] = here.name
        _turn(shop, turn, is_last=True, is_new=True)
        if problem is not None:
            speech = Speech(turn.language, shop.catalogue)
            st.caption(formats.plain(speech.say("chat.not_kept", why=problem)))


page.show("Assistant", render)
