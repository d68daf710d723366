"""The product's steps, called as the pipeline calls them; Dagster around them adds seconds, whatever the size."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from benchmarks.folder import BenchmarkFolder
from benchmarks.process import Details, Outcome
from benchmarks.timing import WARM_REPEATS, median_seconds, stopwatch
from retail.duckdb_options import OFFLINE
from retail.principal import LOCAL
from retail.settings import Settings

if TYPE_CHECKING:
    from pipelines.dbt import Dbt

SLOWEST_SHOWN: Final = 8
APP: Final = Path(__file__).parent.parent / "app"
PAGE: Final = "views/sales.py"
LONGEST_PAGE_SECONDS: Final = 300
FIRST_PERIOD: Final = "last_28_days"
OTHER_PERIODS: Final = ("last_7_days", "last_90_days", "this_month", "this_year", "last_12_months")
"""What the warm page is asked for. No period is asked for twice: the app remembers answers."""


def load(folder: BenchmarkFolder) -> Outcome:
    """Load every file into the empty warehouse."""
    from pipelines.environment import switch_off_telemetry
    from pipelines.ingest import ingest

    switch_off_telemetry()
    with stopwatch() as watch:
        reports = ingest(folder.workspace, Settings())
    for report in reports:
        if report.errors:
            raise report.errors[0]
    read = sum(report.read for report in reports)
    quarantined = sum(report.quarantined for report in reports)
    if quarantined:
        raise RuntimeError(f"{quarantined} of {read} rows went to quarantine; every row of the benchmark is good")
    return Outcome(watch.seconds, {"rows": read})


def load_day(folder: BenchmarkFolder) -> Outcome:
    """Drop the last day's files, a corrected ticket of ten days before among them, and load again."""
    folder.day_files.rename(folder.last_day)
    return load(folder)


def dbt_run(folder: BenchmarkFolder) -> Outcome:
    """Every model from nothing, without tests."""
    return _dbt(folder, "run", "--full-refresh")


def dbt_build(folder: BenchmarkFolder) -> Outcome:
    """Every model from nothing, and every test."""
    return _dbt(folder, "build", "--full-refresh")


def dbt_build_day(folder: BenchmarkFolder) -> Outcome:
    """Models and tests after the last day has come in, as the pipeline builds them every day."""
    before = _sale_lines(folder)
    outcome = _dbt(folder, "build")
    return Outcome(outcome.seconds, outcome.details | {"new_sale_lines": _sale_lines(folder) - before})


def publish_marts(folder: BenchmarkFolder) -> Outcome:
    """Copy the marts into a serving folder and move the pointer."""
    from pipelines.publish import publish

    dbt = _project(folder)
    with stopwatch() as watch:
        publish(dbt, run_id="bench", inputs_fingerprint="bench")
    return Outcome(watch.seconds, {"serving_bytes": folder.workspace.published().database.stat().st_size})


def metric_query(folder: BenchmarkFolder) -> Outcome:
    """Net sales by store and week over the whole history: the median of warm repeats."""
    from metrics import MetricQuery, Metrics

    question = MetricQuery(metrics=("net_sales",), by=("store", "week"))
    with stopwatch() as opening:
        metrics = Metrics.open(folder.workspace)
        rows = len(metrics.query(question, LOCAL).rows)
    warm = median_seconds(lambda: metrics.query(question, LOCAL), WARM_REPEATS)
    return Outcome(warm, {"first_seconds": opening.seconds, "rows": rows})


def page(folder: BenchmarkFolder) -> Outcome:
    """The Sales page in a warm process, each time for a period that nobody has asked for: the median."""
    os.environ |= folder.environment
    with stopwatch() as first:
        _show(FIRST_PERIOD)
    periods = iter(OTHER_PERIODS)
    warm = median_seconds(lambda: _show(next(periods)), len(OTHER_PERIODS))
    return Outcome(warm, {"first_seconds": first.seconds})


def _show(period: str) -> None:
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(APP / "main.py"), default_timeout=LONGEST_PAGE_SECONDS)
    app.query_params["period"] = period
    app.switch_page(PAGE).run()
    if app.exception:
        raise RuntimeError(f"{PAGE} failed for {period}: {app.exception[0].message}")


def _dbt(folder: BenchmarkFolder, *command: str) -> Outcome:
    from pipelines.transform import prepare_warehouse

    dbt = _project(folder)
    dbt.prepare()
    with stopwatch() as watch:
        prepare_warehouse(dbt)
        for _ in dbt.run(*command):
            pass
    results = json.loads((folder.workspace.dbt_target / "run_results.json").read_text())["results"]
    slowest = sorted(results, key=lambda result: -result["execution_time"])[:SLOWEST_SHOWN]
    details: Details = {"warehouse_bytes": folder.workspace.warehouse.stat().st_size, "nodes": len(results)}
    details |= {f"node {result['unique_id'].split('.')[2]}": round(result["execution_time"], 2) for result in slowest}
    return Outcome(watch.seconds, details)


def _project(folder: BenchmarkFolder) -> Dbt:
    from pipelines.dbt import Dbt
    from pipelines.ingest import connected_sources

    return Dbt(folder.workspace, Settings(), connected_sources(folder.workspace))


def _sale_lines(folder: BenchmarkFolder) -> int:
    with duckdb.connect(str(folder.workspace.warehouse), read_only=True, config={**OFFLINE}) as connection:
        row = connection.execute("select count(*) from marts.fct_sale_lines").fetchone()
    return int(row[0]) if row else 0
