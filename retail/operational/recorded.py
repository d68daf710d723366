"""Whether decisions and terms are what the audit says that people made them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, select

from retail.operational.tables import audit, decisions, term_overrides

Difference = tuple[int, str]
"""Number of the audit entry that a record differs from, and what is wrong, in words."""

_DECIDING: Final = "draft."
_TERM_KEY: Final = ("supplier_id", "product_id", "store_id", "field")


def first_difference(connection: Connection, entries: int) -> Difference | None:
    """Compare the tables with the audit's entries, all read as one state; the earliest difference, or null.

    Args:
        connection: A transaction that sees one state.
        entries: How many entries the audit has: what lacks one is said to differ after the last.
    """
    decided: dict[str, Difference | None] = {}
    set_terms: dict[tuple[str, ...], tuple[int, dict[str, Any] | None]] = {}
    made = {row["decision_id"]: _plain(row) for row in _rows(connection, decisions)}
    query = select(audit.c.sequence, audit.c.action, audit.c.before, audit.c.after).order_by(audit.c.sequence)
    for entry in connection.execute(query):
        if entry.action.startswith(_DECIDING):
            told = json.loads(entry.after)
            decision_id = told["decision_id"]
            is_same = _agrees(made.get(decision_id), told)
            decided[decision_id] = None if is_same else (entry.sequence, f"decision {decision_id} is not as recorded")
        elif entry.action in {"term.set", "term.clear"}:
            told = json.loads(entry.after or entry.before)
            key = tuple(told[name] or "" for name in _TERM_KEY)
            set_terms[key] = (entry.sequence, told if entry.after else None)
    unrecorded = [(entries + 1, f"decision {key} was never recorded") for key in made.keys() - decided.keys()]
    found = [*filter(None, decided.values()), *unrecorded, *_differing_terms(connection, set_terms, entries)]
    return min(found, default=None)


def _differing_terms(
    connection: Connection, told: Mapping[tuple[str, ...], tuple[int, dict[str, Any] | None]], entries: int
) -> Iterator[Difference]:
    held = {tuple(row[name] for name in _TERM_KEY): _plain(row) for row in _rows(connection, term_overrides)}
    for key in held.keys() | told.keys():
        sequence, expected = told.get(key, (entries + 1, None))
        content = held.get(key)
        if (content is None) is not (expected is None) or (expected is not None and not _agrees(content, expected)):
            yield sequence, f"the term {key[-1]} is not as recorded"


def _agrees(row: Mapping[str, Any] | None, told: Mapping[str, Any]) -> bool:
    """Whether a row holds what an entry tells; an empty text stands for null in keys."""
    return row is not None and all(
        (row["actor" if name == "user" else name] or None) == (value or None) for name, value in told.items()
    )


def _rows(connection: Connection, table: Table) -> Iterable[RowMapping]:
    return connection.execute(select(table)).mappings()


def _plain(row: RowMapping) -> dict[str, Any]:
    """The row as JSON has it: dates as text."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
