"""The sources of a shop on the data-health page: when each was read, what came from it, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import streamlit as st

from app import components, formats
from app.components import Figure
from app.data import Row, Shop, records
from app.filters import equals
from metrics import Column, Filter
from metrics.policy import sees_rejected_rows
from retail.operational.run_log import RunStatus, RunStep

EVERY_SOURCE = ""
"""What the picker holds while it shows all sources together."""

_PICKED = "health_source"
_STEP = "ingest "
_QUARANTINE_ROWS = 500
_FILES = 1000


def last_syncs(steps: Iterable[RunStep]) -> dict[str, RunStep]:
    """The newest step that read each source, of steps of which the newest runs come first."""
    found: dict[str, RunStep] = {}
    for step in steps:
        if step.step.startswith(_STEP):
            found.setdefault(step.step.removeprefix(_STEP), step)
    return found


def show(shop: Shop, syncs: dict[str, RunStep]) -> None:
    """Draw a row per source, with what went wrong at its last sync, and the picker of the source to look at."""
    tables = _tables(shop, ())
    checks = records(shop.rows("fct_reconciliations", ("source", "differing")))
    names = sorted({str(row["source"]) for row in tables} | set(syncs))
    if not names:
        components.empty("No source is connected. `tillsight connect` adds one.")
        return
    rows = [_row(name, tables, checks, syncs.get(name)) for name in names]
    columns = (
        Column("source", "Source", "text", "column"),
        Column("status", "Last sync", "text", "column"),
        Column("synced_at", "Ended (UTC)", "datetime", "column"),
        Column("differing", "Checks that differ", "count", "column"),
        Column("rows_quarantined", "Left out", "count", "column"),
        Column("rows_accepted", "Accepted", "count", "column"),
        Column("rows_read", "Read", "count", "column"),
        Column("row_count", "Rows now", "count", "column"),
        Column("tables", "Tables filled", "count", "column"),
    )
    components.table(rows, columns, shop.currency, "sources", alt="Sources and their last sync")
    for name in names:
        step = syncs.get(name)
        if step and step.status is not RunStatus.SUCCEEDED and step.message:
            st.warning(formats.plain(step.message if step.message.startswith(name) else f"{name}: {step.message}"))
    _pick(names)


def picked() -> tuple[Filter, ...]:
    """The condition on rows that the picked source sets; none for every source."""
    source = str(st.session_state.get(_PICKED) or EVERY_SOURCE)
    return (equals("source", source),) if source else ()


def _pick(names: Sequence[str]) -> None:
    if len(names) < 2:
        st.session_state.pop(_PICKED, None)
        return
    options = [EVERY_SOURCE, *names]
    wanted = st.query_params.get("source", EVERY_SOURCE)
    source = st.selectbox(
        "Show",
        options,
        index=options.index(wanted) if wanted in options else 0,
        format_func=lambda name: name or "Every source",
        key=_PICKED,
        width=240,
    )
    if source:
        st.query_params["source"] = source
    else:
        st.query_params.pop("source", None)


def _row(name: str, tables: list[Row], checks: list[Row], step: RunStep | None) -> Row:
    of_source = [row for row in tables if row["source"] == name]
    row: Row = {"source": name, "status": step.status.value if step else None, "synced_at": _synced_at(of_source, step)}
    row["tables"] = sum(1 for table in of_source if table["row_count"])
    for column in ("row_count", "rows_read", "rows_accepted", "rows_quarantined"):
        row[column] = _total(of_source, column)
    row["differing"] = sum(1 for check in checks if check["source"] == name and check["differing"])
    return row


def _synced_at(tables: list[Row], step: RunStep | None) -> datetime | None:
    """When the source was last read; where the run log has forgotten that, when something of it last changed."""
    if step and step.finished_at:
        return step.finished_at
    return max((table["last_loaded_at"] for table in tables if table["last_loaded_at"]), default=None)


def _tables(shop: Shop, where: tuple[Filter, ...]) -> list[Row]:
    names = (
        "source",
        "table_name",
        "row_count",
        "first_at",
        "last_at",
        "rows_read",
        "rows_accepted",
        "rows_quarantined",
        "exact_duplicates",
        "last_loaded_at",
    )
    return records(shop.rows("fct_data_health", names, where=where, order_by=("source", "table_name")))


def what_came_in(shop: Shop, age: Figure) -> None:
    """Draw how many rows were read, accepted and left out, by table and by file or the server's own table."""
    rows = _tables(shop, picked())
    read, accepted, left_out = (_total(rows, name) for name in ("rows_read", "rows_accepted", "rows_quarantined"))
    components.figures(
        [
            age,
            Figure("Rows read", formats.number(read)),
            Figure("Rows accepted", formats.number(accepted)),
            Figure("Rows left out", formats.number(left_out)),
        ]
    )
    if accepted + left_out != read:
        st.warning(
            f"Of {read:,} rows read, {accepted:,} were accepted and {left_out:,} left out, which is not all of them. "
            "Run `tillsight sync` again; if it stays so, `tillsight doctor` looks at the source."
        )
    if not rows:
        components.empty("Nothing has been loaded.")
        return
    columns = (
        Column("table_name", "Table", "text", "column"),
        Column("source", "Source", "text", "column"),
        Column("row_count", "Rows now", "count", "column"),
        Column("rows_read", "Read", "count", "column"),
        Column("rows_accepted", "Accepted", "count", "column"),
        Column("rows_quarantined", "Left out", "count", "column"),
        Column("exact_duplicates", "Exact duplicates", "count", "column"),
        Column("first_at", "First", "date", "column"),
        Column("last_at", "Last", "date", "column"),
    )
    components.table(rows, columns, shop.currency, "data-health", alt="Tables and their rows", height_rows=16)
    with st.expander("By file, or table of the source"):
        _loads(shop)


def _loads(shop: Shop) -> None:
    if "fct_loads" not in shop.run.tables:
        components.empty("This run was published without them. The next run brings them.")
        return
    names = ("file", "source", "table_name", "rows_read", "rows_accepted", "rows_quarantined", "last_loaded_at")
    rows = shop.rows("fct_loads", names, where=picked(), order_by=("source", "file"), limit=_FILES).rows
    if not rows:
        components.empty("Nothing has been loaded.")
        return
    columns = (
        Column("file", "File or table", "text", "column"),
        Column("source", "Source", "text", "column"),
        Column("table_name", "Feeds", "text", "column"),
        Column("rows_read", "Read", "count", "column"),
        Column("rows_accepted", "Accepted", "count", "column"),
        Column("rows_quarantined", "Left out", "count", "column"),
        Column("last_loaded_at", "Changed (UTC)", "datetime", "column"),
    )
    components.table(rows, columns, shop.currency, "loads", alt="Files and tables that were read")


def rows_left_out(shop: Shop) -> None:
    """Draw the rows that were left out, with their reasons; what they said only for those who may see it."""
    names = ["table_name", "source", "file", "line", "reason"]
    if sees_rejected_rows(shop.principal.role):
        names.append("row_text")
    result = shop.rows(
        "fct_quarantine",
        tuple(names),
        where=picked(),
        order_by=("table_name", "file", "line"),
        limit=_QUARANTINE_ROWS,
    )
    if not result.rows:
        components.empty("Every row could be read.")
        return
    columns = (
        Column("table_name", "Table", "text", "column"),
        Column("reason", "Why it was left out", "text", "column"),
        Column("source", "Source", "text", "column"),
        Column("file", "File or table", "text", "column"),
        Column("line", "Line", "count", "column"),
        Column("row_text", "The row", "text", "column"),
    )
    shown = [column for column in columns if column.name in names]
    components.table(result.rows, shown, shop.currency, "rows-left-out", alt="Rows left out, with reasons")


def capabilities(shop: Shop) -> None:
    """Draw what each source cannot tell and what to do about it, and below it the whole list."""
    rows = shop.rows(
        "dim_capabilities",
        ("source", "table_name", "is_available", "note"),
        where=picked(),
        order_by=("source", "table_name"),
    ).rows
    if not rows:
        components.empty("The source has not said what it holds.")
        return
    missing = [row for row in rows if not row["is_available"]]
    if not missing:
        components.empty("Nothing is missing.")
    for row in missing:
        note = f": {formats.plain(row['note'])}" if row["note"] else ""
        st.markdown(f"- **{formats.plain(row['table_name'])}** ({formats.plain(row['source'])}){note}")
    columns = (
        Column("table_name", "Table", "text", "column"),
        Column("source", "Source", "text", "column"),
        Column("is_available", "There", "flag", "column"),
        Column("note", "Note", "text", "column"),
    )
    with st.expander("Every table"):
        components.table(rows, columns, shop.currency, "capabilities", alt="Tables that the source has", height_rows=17)


def _total(rows: list[Row], column: str) -> int:
    return sum(int(formats.as_float(row[column]) or 0) for row in rows)
