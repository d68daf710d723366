"""Asset checks beyond dbt's tests: do the sources' own totals agree with what was built from them?"""

# No `from __future__ import annotations` here: Dagster reads the type of `context` from the function itself.

from typing import Any, cast

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    MetadataValue,
    asset_check,
)

from pipelines.keys import mart_key
from pipelines.resources import PipelineRun
from pipelines.warehouse import open_warehouse
from retail.vocabulary import MARTS_SCHEMA

RECONCILIATIONS = "fct_reconciliations"


def reconciliation_checks() -> list[AssetChecksDefinition]:
    """A check for invariants (differences are errors in a demo, else warnings) and one for the other comparisons."""
    return [
        _check(
            "invariants_hold", "Opening and movements make closing, payments make totals, and so on.", is_invariant=True
        ),
        _check(
            "totals_agree", "Comparisons that real sources often fail; the differences are shown.", is_invariant=False
        ),
    ]


def _check(name: str, description: str, *, is_invariant: bool) -> AssetChecksDefinition:
    @asset_check(
        name=name,
        asset=mart_key(RECONCILIATIONS),
        description=description,
        required_resource_keys={"pipeline_run"},
    )
    def compare(context: AssetCheckExecutionContext) -> AssetCheckResult:
        run = cast("PipelineRun", context.resources.pipeline_run)
        with open_warehouse(run.workspace, run.settings) as connection:
            rows = connection.execute(
                "select check_name, source, compared, differing, largest_difference "
                f"from {MARTS_SCHEMA}.{RECONCILIATIONS} where differing > 0 and is_invariant = ? order by all",
                [is_invariant],
            ).fetchall()
        is_demo = run.workspace.describe().kind == "demo"
        return AssetCheckResult(
            passed=not rows,
            severity=AssetCheckSeverity.ERROR if is_demo and is_invariant else AssetCheckSeverity.WARN,
            metadata={"differences": MetadataValue.text(_shown(rows))},
        )

    return compare


def _shown(rows: list[tuple[Any, ...]]) -> str:
    return (
        "\n".join(
            f"{name} ({source}): {differing} of {compared} differ, by up to {largest}"
            for name, source, compared, differing, largest in rows
        )
        or "none"
    )
