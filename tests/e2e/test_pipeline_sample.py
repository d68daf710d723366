"""The whole line on the small sample chain: from files to published marts, once per test session."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from pipelines.inputs import is_up_to_date
from pipelines.wiring import definitions_of
from retail.operational.run_log import RunLog, RunStatus
from retail.settings import Settings
from retail.workspace import Workspace

ROOT = Path(__file__).parents[2]


def test_the_run_published_every_mart_that_the_documentation_promises(small_workspace: Workspace) -> None:
    page = (ROOT / "docs" / "retail-model.md").read_text().partition("## Marts")[2]
    first_cells = [line.split("|")[1] for line in page.splitlines() if line.startswith(("| dim_", "| fct_"))]
    promised = {name for cell in first_cells for name in re.findall(r"(?:dim|fct)_\w+", cell)}
    assert len(promised) > 20
    tables = small_workspace.published().run.tables
    assert promised <= set(tables)
    may_be_empty = {"fct_quarantine", "fct_reconciliation_differences", "fct_forecast_accuracy"}
    assert {name for name in promised if tables[name] == 0} <= may_be_empty


def test_every_step_succeeded_and_is_in_the_run_log(small_workspace: Workspace) -> None:
    log = RunLog.open(small_workspace, Settings())
    run = next(run for run in log.runs() if run.published_run_id == small_workspace.published().run.run_id)
    assert (run.status, run.message) == (RunStatus.SUCCEEDED, None)
    assert [step.step for step in log.steps(run.run_id)] == [
        "ingest files",
        "transform",
        "forecast",
        "replenish",
        "publish",
    ]


def test_sales_are_those_of_the_files(small_workspace: Workspace) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{small_workspace.published().database}' as warehouse (read_only)")
        published = connection.execute(
            "select sum(units_net), round(sum(net_amount), 2) from warehouse.marts.fct_sale_lines "
            "where line_type <> 'charge'"
        ).fetchone()
        folder = small_workspace.incoming
        delivered = connection.execute(
            "select sum(quantity) filter (coalesce(lines.line_type, 'goods') <> 'discount'), round(sum(net_amount), 2) "
            f"from read_csv('{folder}/sale_lines*.csv') lines "
            f"left join read_csv('{folder}/sales*.csv') sales using (sale_id) "
            "where coalesce(sales.status, 'completed') = 'completed' and coalesce(lines.line_type, 'goods') <> 'charge'"
        ).fetchone()
    assert published is not None
    assert delivered is not None
    assert [float(value) for value in published] == [float(value) for value in delivered]


def test_invariants_hold_on_the_sample_chain(small_workspace: Workspace) -> None:
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        rows = connection.execute(
            "select check_name, differing from marts.fct_reconciliations where is_invariant and differing > 0"
        ).fetchall()
    assert rows == []


def test_a_demo_that_has_been_run_needs_no_second_run(small_workspace: Workspace) -> None:
    assert is_up_to_date(small_workspace, Settings())


def test_dagster_shows_the_way_from_a_file_to_a_metric(small_copy: Workspace) -> None:
    graph = definitions_of(small_copy, Settings()).resolve_asset_graph()
    above = {key for key in graph.get_all_asset_keys() if key.path == ["metrics", "net_sales"]}
    for _ in range(12):
        above |= {parent for key in above for parent in graph.get(key).parent_keys}
    assert ["files", "sale_lines"] in [list(key.path) for key in above]
    assert ["published", "fct_sale_lines"] in [list(key.path) for key in above]
