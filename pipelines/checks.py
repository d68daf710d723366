"""Asset checks beyond dbt's tests: do the sources' own totals agree with what was built from them?"""

# No `from __future__ import annotations` here: Dagster reads the type of `context` from the function itself.

from typing import Final, cast

import duckdb
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

RECONCILIATIONS: Final = "fct_reconciliations"
DIFFERENCES: Final = "fct_reconciliation_differences"
PLACES_SHOWN: Final = 3

_DIFFERING: Final = f"""
with places as (
    select
        check_name,
        source,
        concat_ws(' ', store_id, business_date, product_id, sale_id, currency) as place,
        cast(ours as double) || ' against ' || cast(theirs as double) as found,
        row_number() over (
            partition by check_name, source
            order by abs(difference) desc, business_date, store_id, product_id, sale_id, currency
        ) as place_number
    from {MARTS_SCHEMA}.{DIFFERENCES}
)
select
    checks.check_name,
    checks.source,
    checks.compared,
    checks.differing,
    checks.largest_difference,
    string_agg(places.place || ': ' || places.found, '; ' order by places.place_number) as places
from {MARTS_SCHEMA}.{RECONCILIATIONS} as checks
left join places
    on checks.check_name = places.check_name and checks.source = places.source and places.place_number <= {PLACES_SHOWN}
where checks.differing > 0 and checks.is_invariant = ?
group by all
order by all
"""


def reconciliation_checks() -> list[AssetChecksDefinition]:
    """A check for invariants (differences are errors in a demo, else warnings) and one for the other comparisons."""
    return [
        _check(
            "invariants_hold", "Opening and movements make closing, payments make totals, and so on.", is_invariant=True
        ),
        _check(
            "totals_agree",
            "What was built equals what each source adds up itself, by store and day, and every rate is known.",
            is_invariant=False,
        ),
    ]


def differences(connection: duckdb.DuckDBPyConnection, *, is_invariant: bool) -> list[str]:
    """A line for each check of a source in which something differs, with the places where it differs most."""
    return [
        f"{name} ({source}): {differing:,} of {compared:,} differ, by up to {largest}; the largest: {places}"
        for name, source, compared, differing, largest, places in connection.execute(
            _DIFFERING, [is_invariant]
        ).fetchall()
    ]


def _check(name: str, description: str, *, is_invariant: bool) -> AssetChecksDefinition:
    @asset_check(
        name=name,
        asset=mart_key(RECONCILIATIONS),
        additional_deps=[mart_key(DIFFERENCES)],
        description=description,
        required_resource_keys={"pipeline_run"},
    )
    def compare(context: AssetCheckExecutionContext) -> AssetCheckResult:
        run = cast("PipelineRun", context.resources.pipeline_run)
        with open_warehouse(run.workspace, run.settings) as connection:
            found = differences(connection, is_invariant=is_invariant)
        is_demo = run.workspace.describe().kind == "demo"
        return AssetCheckResult(
            passed=not found,
            severity=AssetCheckSeverity.ERROR if is_demo and is_invariant else AssetCheckSeverity.WARN,
            metadata={"differences": MetadataValue.text("\n".join(found) or "none")},
        )

    return compare
