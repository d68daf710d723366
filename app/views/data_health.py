"""Data health: how fresh the numbers are, what came in, what was left out, what does not add up, and what ran."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from app import components, formats, page
from app.components import Figure
from app.data import Row, Shop, records
from metrics import Column
from metrics.policy import sees_rejected_rows
from retail.operational.run_log import RunLog, RunStatus

_QUARANTINE_ROWS = 500
_RUNS = 20


def render(shop: Shop) -> None:
    """Draw the page."""
    page.section("What came in", lambda: _what_came_in(shop))
    page.section("Rows left out", lambda: _quarantine(shop))
    page.section("Do the books add up?", lambda: _reconciliations(shop))
    page.section("Tests of the data", lambda: _data_tests(shop))
    page.section("Runs", lambda: _runs(shop))
    page.section("What the source can tell", lambda: _capabilities(shop))


def _what_came_in(shop: Shop) -> None:
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
    )
    rows = records(shop.rows("fct_data_health", names, order_by=("source", "table_name")))
    _figures(shop, rows)
    _tables(shop, rows)


def _figures(shop: Shop, tables: list[Row]) -> None:
    hours = (datetime.now(UTC) - shop.run.published_at).total_seconds() / 3600
    is_stale = hours > shop.settings.freshness_hours
    read, accepted, quarantined = (
        sum(int(formats.as_float(row[name]) or 0) for row in tables)
        for name in ("rows_read", "rows_accepted", "rows_quarantined")
    )
    components.figures(
        [
            Figure("Age", formats.ago(hours), help=f"Published {shop.run.published_at:%d %b %Y %H:%M} UTC."),
            Figure("Rows read", formats.number(read)),
            Figure("Rows accepted", formats.number(accepted)),
            Figure("Rows left out", formats.number(quarantined)),
        ]
    )
    if is_stale and shop.description.kind == "demo":
        st.caption("Demo data stay on the day they were made for; they do not go stale.")
    elif is_stale:
        st.warning(
            f"The numbers are older than {shop.settings.freshness_hours} hours. Run `tillsight run`, and look "
            "below for a run that failed."
        )


def _tables(shop: Shop, rows: list[Row]) -> None:
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


def _quarantine(shop: Shop) -> None:
    names = ["table_name", "file", "line", "reason"]
    if sees_rejected_rows(shop.principal.role):
        names.append("row_text")
    result = shop.rows("fct_quarantine", tuple(names), order_by=("table_name", "file", "line"), limit=_QUARANTINE_ROWS)
    if not result.rows:
        components.empty("Every row could be read.")
        return
    columns = (
        Column("table_name", "Table", "text", "column"),
        Column("reason", "Why it was left out", "text", "column"),
        Column("file", "File", "text", "column"),
        Column("line", "Line", "count", "column"),
        Column("row_text", "The row", "text", "column"),
    )
    shown = [column for column in columns if column.name in names]
    components.table(result.rows, shown, shop.currency, "rows-left-out", alt="Rows left out, with reasons")


def _reconciliations(shop: Shop) -> None:
    names = ("check_name", "description", "source", "compared", "differing", "largest_difference", "is_invariant")
    result = shop.rows("fct_reconciliations", names, order_by=("-differing", "check_name"))
    if not result.rows:
        components.empty("There is nothing to compare yet.")
        return
    rows = [row | {"verdict": "differs" if row["differing"] else "adds up"} for row in result.rows]
    columns = (
        Column("verdict", "Result", "text", "column"),
        Column("description", "Check", "text", "column"),
        Column("source", "Source", "text", "column"),
        Column("compared", "Compared", "count", "column"),
        Column("differing", "Differ", "count", "column"),
        Column("largest_difference", "Largest difference", "score", "column"),
    )
    components.table(rows, columns, shop.currency, "reconciliations", alt="Checks of the books")


def _data_tests(shop: Shop) -> None:
    tests = shop.metrics.data_tests
    if tests is None:
        components.empty("This run was published without the results of its tests. The next run brings them.")
        return
    if not tests.results:
        components.empty("No test ran in the build of this run.")
        return
    components.figures(
        [
            Figure("Tests passed", formats.number(tests.count("passed"))),
            Figure("Tests warned", formats.number(tests.count("warned"))),
            Figure("Tests failed", formats.number(tests.count("failed"))),
        ]
    )
    if not tests.not_passed:
        components.empty(f"All {len(tests.results)} tests passed.")
        return
    rows = [result.model_dump() for result in tests.not_passed]
    columns = (
        Column("outcome", "Result", "text", "column"),
        Column("name", "Test", "text", "column"),
        Column("model", "Model", "text", "column"),
        Column("description", "What it is about", "text", "column"),
        Column("failures", "Failures", "count", "column"),
    )
    components.table(rows, columns, shop.currency, "data-tests", alt="Tests of the data that did not pass")


def _runs(shop: Shop) -> None:
    log = RunLog.open(shop.workspace, shop.settings)
    try:
        runs = log.runs(_RUNS)
        steps = {run.run_id: log.steps(run.run_id) for run in runs[:5]}
    finally:
        log.close()
    if not runs:
        components.empty("No run has been noted yet.")
        return
    rows = [
        {
            "status": run.status.value,
            "started_at": run.started_at,
            "seconds": (run.finished_at - run.started_at).total_seconds() if run.finished_at else None,
            "trigger": run.trigger,
            "message": run.message,
        }
        for run in runs
    ]
    columns = (
        Column("status", "Status", "text", "column"),
        Column("started_at", "Started (UTC)", "datetime", "column"),
        Column("seconds", "Seconds", "count", "column"),
        Column("trigger", "Started by", "text", "column"),
        Column("message", "What happened", "text", "column"),
    )
    components.table(rows, columns, shop.currency, "runs", alt="Runs of the pipeline")
    for run in runs[:5]:
        with st.expander(f"Steps of the run of {run.started_at:%d %b %Y %H:%M} UTC", expanded=run is runs[0]):
            for step in steps[run.run_id]:
                _step(step.step, step.status, step.rows, step.message)


def _step(name: str, status: RunStatus, rows: int | None, message: str | None) -> None:
    color = {RunStatus.SUCCEEDED: "green", RunStatus.RUNNING: "blue"}.get(status, "red")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(status.value, color="green" if color == "green" else "blue" if color == "blue" else "red")
        text = f"**{formats.plain(name)}**" + (f", {formats.count(rows, 'row')}" if rows is not None else "")
        st.markdown(text + (f": {formats.plain(message)}" if message else ""))


def _capabilities(shop: Shop) -> None:
    rows = shop.rows(
        "dim_capabilities", ("source", "table_name", "is_available", "note"), order_by=("source", "table_name")
    ).rows
    if not rows:
        components.empty("The source has not said what it holds.")
        return
    columns = (
        Column("table_name", "Table", "text", "column"),
        Column("source", "Source", "text", "column"),
        Column("is_available", "There", "flag", "column"),
        Column("note", "Note", "text", "column"),
    )
    components.table(rows, columns, shop.currency, "capabilities", alt="Tables that the source has", height_rows=17)


page.show("Data health", render)
