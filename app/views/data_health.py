"""Data health: how fresh the numbers are, what came in, what was left out, what does not add up, and what ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

import streamlit as st

from app import components, data_sources, formats, page, reconciliations
from app.components import Figure
from app.data import Shop
from metrics import Column
from retail.operational.run_log import Run, RunLog, RunStatus, RunStep

_RUNS = 20
_RUNS_IN_STEPS = 5


def render(shop: Shop) -> None:
    """Draw the page."""
    run_log = cache(lambda: _run_log(shop))
    page.section("Sources", lambda: _sources(shop, *run_log()))
    page.section("What came in", lambda: _what_came_in(shop))
    page.section("Rows left out", lambda: data_sources.rows_left_out(shop))
    page.section("Do the books add up?", lambda: reconciliations.show(shop))
    page.section("Tests of the data", lambda: _data_tests(shop))
    page.section("Runs", lambda: _runs(shop, *run_log()))
    page.section("What the source cannot tell", lambda: data_sources.capabilities(shop))


def _run_log(shop: Shop) -> tuple[list[Run], dict[str, list[RunStep]]]:
    log = RunLog.open(shop.workspace, shop.settings)
    try:
        runs = log.runs(_RUNS)
        return runs, {run.run_id: log.steps(run.run_id) for run in runs}
    finally:
        log.close()


def _sources(shop: Shop, runs: Sequence[Run], steps: Mapping[str, Sequence[RunStep]]) -> None:
    data_sources.show(shop, data_sources.last_syncs(step for run in runs for step in steps[run.run_id]))


def _what_came_in(shop: Shop) -> None:
    hours = (datetime.now(UTC) - shop.run.published_at).total_seconds() / 3600
    published = f"Published {shop.run.published_at:%d %b %Y %H:%M} UTC."
    data_sources.what_came_in(shop, Figure("Age", formats.ago(hours), help=published))
    if hours <= shop.settings.freshness_hours:
        return
    if shop.description.kind == "demo":
        st.caption("Demo data stay on the day they were made for; they do not go stale.")
    else:
        st.warning(
            f"The numbers are older than {shop.settings.freshness_hours} hours. Run `tillsight run`, and look "
            "below for a run that failed."
        )


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


def _runs(shop: Shop, runs: Sequence[Run], steps: Mapping[str, Sequence[RunStep]]) -> None:
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
    for run in runs[:_RUNS_IN_STEPS]:
        with st.expander(f"Steps of the run of {run.started_at:%d %b %Y %H:%M} UTC", expanded=run is runs[0]):
            for step in steps[run.run_id]:
                _step(step.step, step.status, step.rows, step.message)


def _step(name: str, status: RunStatus, rows: int | None, message: str | None) -> None:
    color = {RunStatus.SUCCEEDED: "green", RunStatus.RUNNING: "blue"}.get(status, "red")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(status.value, color="green" if color == "green" else "blue" if color == "blue" else "red")
        text = f"**{formats.plain(name)}**" + (f", {formats.count(rows, 'row')}" if rows is not None else "")
        st.markdown(text + (f": {formats.plain(message)}" if message else ""))


page.show("Data health", render)
