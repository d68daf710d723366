"""An answer on a page: how far to trust it, its text, picture, table and warnings, and where to go on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

import streamlit as st
from babel.dates import format_timedelta

from app import components, formats
from app.assistant.answer import Answer, Tier
from app.assistant.findings import Chart, Findings, PageLink
from app.assistant.reading import Kind
from app.assistant.speech import Speech
from app.chat import explained, pictures
from app.chat.drawing import Picture
from app.components import Figure
from app.data import Shop

COLORS: Final = {Tier.VERIFIED: "green", Tier.METRIC: "blue", Tier.EXPLORATORY: "orange"}
_UNANSWERED: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})
_SECONDS_PER_WORD: Final = 0.012
_MOST_FIGURES: Final = 4
_ROWS_SHOWN: Final = 7
PAGES: Final = frozenset(
    {
        "analyst", "assistant", "dashboard", "data-health", "forecast", "inventory", "model-report", "reorder", "sales",
        "stock-risk", "terms", "today",
    }
)  # fmt: skip
"""Words of pages in the address; the script of each has the same name."""


def show(shop: Shop, answer: Answer, key: str, *, is_new: bool = False, is_compact: bool = False) -> None:
    """Draw an answer.

    Args:
        shop: The shop.
        answer: What to draw.
        key: Tells its table from those of other answers on the page.
        is_new: Whether its text appears word by word.
        is_compact: Whether it is one of several cards: text, warnings, picture or table, and no more.
    """
    speech = Speech(answer.language, shop.catalogue)
    found = answer.findings
    if not is_compact:
        badges(answer, speech)
    text(found.text, is_new=is_new)
    beside(answer.warnings if is_compact else (*found.assumptions, *answer.warnings, *answer.notes))
    _body(shop, found, key, speech, is_compact=is_compact)
    if not is_compact:
        explained.show(answer, speech)


def badges(answer: Answer, speech: Speech) -> None:
    """Say how far the answer can be trusted, and what was taken over from the question before."""
    if answer.kind in _UNANSWERED:
        shown = [f":gray-badge[{formats.plain(speech.say('chat.no_answer'))}]"]
    else:
        shown = [f":{COLORS[answer.tier]}-badge[{formats.plain(speech.say(f'chat.tier_{answer.tier}'))}]"]
    named = explained.parts(answer.reading, speech)
    kept = [named[name] for name in answer.reading.inherited if name in named]
    shown += [f":gray-badge[{formats.plain(speech.say('chat.kept', part=part))}]" for part in kept]
    help_text = None if answer.kind in _UNANSWERED else speech.say(f"chat.tier_{answer.tier}_help")
    st.markdown(" ".join(shown), help=help_text)


def as_of(answer: Answer, speech: Speech) -> str:
    """Up to which day the data go, and how old they are."""
    ago = format_timedelta(answer.published_at - datetime.now(UTC), add_direction=True, locale=speech.language)
    return speech.say("chat.as_of", day=speech.day(answer.as_of), ago=ago)


def beside(sentences: Iterable[str]) -> None:
    """Say what belongs beside the numbers, a line each."""
    lines = [formats.plain(sentence) for sentence in dict.fromkeys(sentences)]
    if lines:
        st.caption("  \n".join(lines))


def go_on(link: PageLink | None, speech: Speech) -> None:
    """A way to the page that shows more."""
    if link is None or link.page not in PAGES:
        return
    title = link.page.replace("-", " ").capitalize()
    label = formats.plain(speech.say("chat.go_on", page=title))
    st.page_link(f"views/{link.page.replace('-', '_')}.py", label=label, query_params=dict(link.address))


def text(text: str, *, is_new: bool = False) -> None:
    """Draw the sentences of an answer, letter for letter, a paragraph per line."""
    escaped = "\n\n".join(formats.plain(line) for line in text.splitlines() if line.strip())
    if is_new:
        st.write_stream(_word_by_word(escaped))
    else:
        st.markdown(escaped)


def _word_by_word(escaped: str) -> Iterator[str]:
    for word in escaped.split(" "):
        yield f"{word} "
        time.sleep(_SECONDS_PER_WORD)


def _body(shop: Shop, found: Findings, key: str, speech: Speech, *, is_compact: bool) -> None:
    """One number large, else a picture with the table behind it; of several cards each has one of the two."""
    if found.chart is Chart.NUMBER and len(found.rows) == 1:
        _numbers(shop, found, key)
        return
    drawn = pictures.picture(found, shop.currency)
    if drawn is None:
        _table(shop, found, key, speech)
    elif is_compact:
        _draw(drawn, key, speech)
    else:
        first, second = st.tabs([speech.say("chat.picture"), speech.say("chat.table")])
        with first:
            _draw(drawn, key, speech)
        with second:
            _table(shop, found, key, speech)


def _numbers(shop: Shop, found: Findings, key: str) -> None:
    shown = [column for column in found.columns if column.kind == "metric"][:_MOST_FIGURES] or list(found.columns[:1])
    values = [
        Figure(column.label, formats.value(found.rows[0][column.name], column.unit, shop.currency)) for column in shown
    ]
    with st.container(key=f"numbers_{key}"):
        components.figures(values, at_least=3)


def _draw(drawn: Picture, key: str, speech: Speech) -> None:
    st.altair_chart(drawn.chart, alt=drawn.alt, key=f"picture_{key}")
    if drawn.shown < drawn.total:
        name = "first_lines" if drawn.is_of_lines else "first_pictured"
        st.caption(formats.plain(speech.say(f"chat.{name}", count=drawn.shown, total=drawn.total)))


def _table(shop: Shop, found: Findings, key: str, speech: Speech) -> None:
    if not found.rows:
        return
    count = len(found.rows)
    note = speech.say("chat.row") if count == 1 else speech.say("chat.rows", count=speech.number(count))
    name = f"answer-{key[:12]}"
    components.table(
        found.rows,
        found.columns,
        shop.currency,
        name,
        alt=found.text,
        height_rows=_ROWS_SHOWN,
        note=formats.plain(note),
    )
