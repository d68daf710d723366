"""How an answer came about: what was understood, what the metrics mean, which queries ran on which tables."""

from __future__ import annotations

import streamlit as st

from app import formats
from app.assistant import wording
from app.assistant.answer import Answer
from app.assistant.local.describe import describe
from app.assistant.reading import Reading
from app.assistant.speech import Speech


def show(answer: Answer, speech: Speech) -> None:
    """Draw the part that opens."""
    with st.expander(speech.say("chat.how")):
        st.markdown(f"**{formats.plain(speech.say('chat.understood'))}**")
        st.markdown(formats.plain(describe(answer.reading, speech)))
        st.markdown(
            "\n".join(f"- {formats.plain(name)}: {formats.plain(text)}" for name, text in _rows(answer, speech))
        )
        if answer.definitions:
            st.markdown(f"**{formats.plain(speech.say('chat.definitions'))}**")
            for meaning in answer.definitions:
                st.markdown(f"- **{formats.plain(speech.title(meaning.name))}**: {formats.plain(meaning.description)}")
        if answer.sql:
            st.markdown(f"**{formats.plain(speech.say('chat.sql'))}**")
            st.code(
                ";\n\n".join(answer.sql), language="sql", wrap_lines=True, height=min(320, 60 + 40 * len(answer.sql))
            )
        else:
            st.caption(formats.plain(speech.say("chat.no_sql")))
        if answer.lineage:
            st.caption(formats.plain(speech.say("chat.lineage", tables=", ".join(answer.lineage))))
        if answer.sent:
            st.markdown(f"**{formats.plain(speech.say('chat.sent'))}**")
            st.code(answer.sent, language=None, wrap_lines=True, height=320)
        ms = speech.number(answer.latency_ms)
        st.caption(formats.plain(speech.say("chat.timing", ms=ms, run=answer.run_id)))


def parts(reading: Reading, speech: Speech) -> dict[str, str]:
    """What was understood, in words, by the name of each part as `Reading.inherited` has it; filters by dimension."""
    found = {}
    if reading.metrics:
        found["metrics"] = speech.list([speech.metric(name) for name in reading.metrics])
    if reading.by:
        found["by"] = speech.list([speech.dimension(name) for name in reading.by])
    for item in reading.where:
        found[item.dimension] = wording.condition(item, speech)
    if reading.period is not None:
        found["period"] = wording.when(reading.period, speech)
    return found


def reading_rows(reading: Reading, speech: Speech) -> list[tuple[str, str]]:
    """What was understood as a list of what it is and how it was read."""
    named = parts(reading, speech)
    rows = [("kind", speech.say(f"chat.kind_{reading.kind}"))]
    rows += [(name, named[name]) for name in ("metrics", "by") if name in named]
    if reading.where:
        rows.append(("where", speech.list([wording.condition(item, speech) for item in reading.where])))
    if "period" in named:
        rows.append(("period", named["period"]))
    if reading.compare_with is not None:
        rows.append(("compared_with", wording.when(reading.compare_with, speech)))
    if reading.derived:
        rows.append(("derived", speech.list([speech.say(f"chat.derived_{item}") for item in reading.derived])))
    if reading.order is not None:
        rows.append(("order", speech.say(f"chat.{reading.order}")))
    if reading.limit is not None:
        rows.append(("limit", speech.number(reading.limit)))
    if reading.unmapped:
        rows.append(("unmapped", ", ".join(reading.unmapped)))
    return [(speech.say(f"chat.{name}"), text) for name, text in rows]


def _rows(answer: Answer, speech: Speech) -> list[tuple[str, str]]:
    planner = speech.say("chat.planned_by"), speech.say(f"chat.planner_{answer.planner}")
    return [*reading_rows(answer.reading, speech), planner]
