"""A module per kind of answer; each has `answer(reading, books, speech)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from app.assistant.books import Books
from app.assistant.findings import Findings
from app.assistant.reading import Kind, Reading
from app.assistant.speech import Speech

Answerer = Callable[[Reading, Books, Speech], Findings]

_MODULES: Final[Mapping[Kind, str]] = {kind: str(kind) for kind in Kind}
"""Each is imported when it is first asked for: the command line answers one question."""


def answerer(kind: Kind) -> Answerer:
    """What answers a kind of question."""
    return cast("Answerer", import_module(f"app.assistant.kinds.{_MODULES[kind]}").answer)
