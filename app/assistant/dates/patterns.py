"""Patterns of phrases as data, made into one automaton that walks over words.

A pattern is items with spaces between: `last|past` is one of several words, `so_far|of_<year>` may be phrases, `[the]`
is optional, `<month>` is a slot (`<day2>` a second one of its kind), `{last}` stands for a macro, and `<dash>` for a
dash between two words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_MACRO: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a pattern stands for.

    Attributes:
        does: Name of what makes a period of it.
        given: What the pattern settles by itself, such as the unit of "last <n> days".
    """

    does: str
    given: Mapping[str, Any]


@dataclass(eq=False, slots=True)
class State:
    """A place in the automaton.

    Attributes:
        words: Where each word leads.
        slots: Where each slot leads.
        meanings: What has been said in full here.
    """

    words: dict[str, list[State]] = field(default_factory=dict)
    slots: list[tuple[str, State]] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)


def compile_patterns(entries: Iterable[Mapping[str, Any]], macros: Mapping[str, str]) -> State:
    """The automaton of entries `{is: …, with: {…}, say: [patterns]}`; its first state."""
    start = State()
    for entry in entries:
        meaning = Meaning(entry["is"], entry.get("with", {}))
        for pattern in entry["say"]:
            _add(start, _MACRO.sub(lambda macro: macros[macro[1]], pattern).split(), meaning)
    return start


def words_of(start: State) -> frozenset[str]:
    """Every word in an automaton's patterns."""
    found: set[str] = set()
    seen, pending = {id(start)}, [start]
    while pending:
        state = pending.pop()
        found.update(state.words)
        for other in [*(s for states in state.words.values() for s in states), *(s for _, s in state.slots)]:
            if id(other) not in seen:
                seen.add(id(other))
                pending.append(other)
    return frozenset(found)


def _add(start: State, items: Iterable[str], meaning: Meaning) -> None:
    reached = [start]
    for item in items:
        following = State()
        for state in reached:
            for alternative in item.strip("[]").split("|"):
                _connect(state, alternative.split("_"), following)
        reached = [*reached, following] if item.startswith("[") else [following]
    for state in reached:
        state.meanings.append(meaning)


def _connect(state: State, steps: list[str], following: State) -> None:
    """Lead from a state to the following one over the words and slots of a phrase."""
    for number, step in enumerate(steps, 1):
        target = following if number == len(steps) else State()
        if step.startswith("<"):
            state.slots.append((step.strip("<>"), target))
        else:
            state.words.setdefault(step, []).append(target)
        state = target
