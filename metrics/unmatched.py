"""Comparisons that match nothing: say so beside an empty answer, with the names that look like what was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Final

from metrics.catalogue import TIME_NAMES, Catalogue, nearest
from metrics.plan import Condition, Part, Plan, Split
from metrics.result import Column, Row, Value
from retail.errors import QueryTimeout

_MOST_NAMES: Final = 3
_LONGEST_NAME: Final = 80

Ask = Callable[[Plan], list[Row]]
"""Answers a plan with what the principal may read, through the guard."""


def is_empty(rows: Sequence[Row], metrics: Sequence[str]) -> bool:
    """Whether an answer holds no number but null and zero."""
    return not any(row[name] for row in rows for name in metrics)


def sentences(plan: Plan, catalogue: Catalogue, ask: Ask) -> list[str]:
    """A sentence on each `=` or `in` of a text dimension that no row of that dimension meets.

    Args:
        plan: The plan of the query whose answer was empty.
        catalogue: Tells which dimensions are text.
        ask: Runs a plan for the same principal, so that no name comes up that they may not see.
    """
    conditions = plan.parts[0].conditions if plan.parts else ()
    texts = [c for c in conditions if c.operator in {"=", "in"} and _is_text(c.short, catalogue)]
    try:
        return [_sentence(condition, ask) for condition in texts if not _names(condition, (condition,), ask)]
    except QueryTimeout:
        # The question itself has been answered; a hint is not worth an error.
        return []


def _is_text(short: str, catalogue: Catalogue) -> bool:
    return short not in TIME_NAMES and not catalogue.dimensions[short].is_number


def _names(of: Condition, where: tuple[Condition, ...], ask: Ask) -> list[Value]:
    """The distinct values of a condition's dimension; no metric is asked, so that one never sold counts too."""
    split = Split(of.short, of.short, of.name)
    column = Column(of.short, of.short, "text", "dimension")
    rows = ask(Plan((column,), (), (Part((), (split,), where, None, None),), ((0, False),), None, ()))
    return [row[of.short] for row in rows if row[of.short] is not None]


def _sentence(condition: Condition, ask: Ask) -> str:
    known = {name.casefold(): name for name in _names(condition, (), ask) if isinstance(name, str)}
    wanted = [str(value) for value in condition.values]
    found = [nearest(text[:_LONGEST_NAME].casefold(), list(known)) for text in wanted]
    near = [known[word] for rank in zip_longest(*found) for word in rank if word is not None]
    shown = ", ".join(_quoted(value) for value in wanted[:_MOST_NAMES])
    if condition.operator == "in":
        shown = f"({shown}{', …' if len(wanted) > _MOST_NAMES else ''})"
    suggestion = ", ".join(_quoted(name) for name in list(dict.fromkeys(near))[:_MOST_NAMES])
    return f"Nothing matches {condition.short} {condition.operator} {shown}." + (
        f" Near: {suggestion}." if suggestion else ""
    )


def _quoted(value: str) -> str:
    """A value in quotes, on one line and not endless: it is other people's text, on screens and in terminals."""
    printable = "".join(character if character.isprintable() else " " for character in value)
    return f"'{printable[:_LONGEST_NAME]}{'…' if len(printable) > _LONGEST_NAME else ''}'"
