"""Locations and categories hang in trees, each row naming its parent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Record = dict[str, Any]


def with_tops(locations: list[Record]) -> list[Record]:
    """Locations, each with the topmost one above it; a topmost one with itself."""
    return [{**location, "top": ancestry[0]["id"]} for location, ancestry in _ancestries(locations)]


def with_paths(categories: list[Record]) -> list[Record]:
    """Categories, each with the names from the topmost one down to its own, `Food > Coffee`.

    InvenTree's own path has a slash between them, which names may hold too.
    """
    return [
        {**category, "path": " > ".join(str(step["name"]) for step in ancestry)}
        for category, ancestry in _ancestries(categories)
    ]


def _ancestries(records: list[Record]) -> list[tuple[Record, list[Record]]]:
    by_id = {record["id"]: record for record in records}
    return [(record, _ancestry(record, by_id)) for record in records]


def _ancestry(record: Record, by_id: Mapping[Any, Record]) -> list[Record]:
    """From the topmost record down to this one. A parent that is not there, or comes round again, ends it."""
    line, seen = [record], {record["id"]}
    while (parent := by_id.get(line[0]["parent"])) is not None and parent["id"] not in seen:
        line.insert(0, parent)
        seen.add(parent["id"])
    return line
