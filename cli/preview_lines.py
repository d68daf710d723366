"""How files would be read, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from connectors.files.preview import Preview, TablePreview
    from connectors.files.suggest import Suggestion

_WIDTH: Final = 24


def preview_lines(found: Preview) -> Iterator[str]:
    """Every file with its tables, columns and first rows, and the files that are left out."""
    for table in found.preview:
        yield from _table_lines(table)
    for file, reason in found.ignored.items():
        yield f"{file}: left out, {reason}"


def note_lines(suggestion: Suggestion | None) -> Iterator[str]:
    """What was assumed where the files do not tell."""
    if suggestion is None:
        return
    for file, preset in suggestion.presets.items():
        yield f"{file}: read by the preset {preset}."
    for file, notes in suggestion.notes.items():
        for note in notes:
            yield f"{file}: {note}"
    for file, reason in suggestion.ignored.items():
        yield f"{file}: left out. {reason}"


def _table_lines(table: TablePreview) -> Iterator[str]:
    yield f"{table.file}: {table.table}"
    for column in table.columns:
        yield f"  {column.column:<18} from {_cut(column.source, 40):<40}  {column.read_as}"
    if table.rows:
        shown = [name for name in table.rows[0] if any(row[name] is not None for row in table.rows)]
        yield "  " + "  ".join(f"{_cut(name):<{_width(table, name)}}" for name in shown)
        for row in table.rows:
            yield "  " + "  ".join(f"{_cut(row[name]):<{_width(table, name)}}" for name in shown)
    of = "first " if table.sampled >= 1000 else ""
    yield f"  of the {of}{table.sampled} rows, {table.accepted} accepted, {table.quarantined} to quarantine"
    for reason, rows in table.reasons.items():
        yield f"    {reason}: {rows}"


def _width(table: TablePreview, name: str) -> int:
    return max(len(_cut(value)) for value in (name, *(row[name] for row in table.rows)))


def _cut(value: object, width: int = _WIDTH) -> str:
    text = "" if value is None else str(value).replace("\n", " ")
    return text if len(text) <= width else text[: width - 1] + "…"
