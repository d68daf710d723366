"""The assets: source files, raw tables, dbt models, forecasts, published marts, metrics, and what comes from what."""

# No `from __future__ import annotations` here: Dagster reads the type of `context` from the function itself.

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    AssetSpec,
    Backoff,
    Failure,
    FreshnessPolicy,
    MaterializeResult,
    RetryPolicy,
    asset,
    multi_asset,
)
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from forecasting.replenishment.tables import SCHEMAS as REPLENISHMENT_TABLES
from forecasting.tables import SCHEMAS as FORECAST_TABLES
from pipelines import forecast, ingest, publish, replenish, transform
from pipelines.keys import (
    BOOKKEEPING,
    WEIGHTS_KEY,
    KeyTranslator,
    file_key,
    mart_key,
    marts_of,
    metric_key,
    published_key,
    raw_key,
    raw_tables_of,
)
from pipelines.resources import PipelineRun
from retail.errors import SourceError, TillsightError
from retail.settings import Settings

Manifest = Mapping[str, Any]
FORECAST_INPUTS = [
    mart_key(name)
    for name in (
        "fct_sales_daily",
        "fct_sale_lines",
        "fct_stock_daily",
        "fct_stock_availability",
        "fct_promotion_periods",
        "fct_price_periods",
        "dim_products",
        "dim_stores",
    )
]
REPLENISHMENT_INPUTS = [
    mart_key(name)
    for name in (
        "fct_demand_totals",
        "fct_sales_daily",
        "fct_stock_levels",
        "fct_stock_batches",
        "fct_purchase_order_lines",
        "fct_supplier_terms",
        "dim_products",
        "dim_stores",
        "dim_suppliers",
    )
]
INGEST_RETRIES = RetryPolicy(max_retries=2, delay=2, backoff=Backoff.EXPONENTIAL)


def ingest_assets(source: str, manifest: Manifest) -> list[AssetsDefinition | AssetSpec]:
    """Raw tables of a source, each from files or a server's table of that name."""
    tables = raw_tables_of(manifest, source)
    files = [
        AssetSpec(file_key(source, table), group_name="sources", description=f"Files or pages of {table} in {source}.")
        for table in tables
        if table not in BOOKKEEPING
    ]
    specs = [
        AssetSpec(
            raw_key(source, table),
            deps=[file_key(source, table)] if table not in BOOKKEEPING else [file.key for file in files],
            group_name="raw",
            kinds={"dlt", "duckdb"},
        )
        for table in tables
    ]
    everything_read = AssetCheckSpec(
        "everything_was_read",
        asset=specs[0].key,
        description="No file, and no table of a server, was passed over.",
    )
    nothing_lost = AssetCheckSpec(
        "nothing_was_lost",
        asset=specs[0].key,
        blocking=True,
        description="Rows accepted and quarantined are all rows read.",
    )

    @multi_asset(
        name=f"ingest_{source}",
        specs=specs,
        check_specs=[everything_read, nothing_lost],
        required_resource_keys={"pipeline_run"},
        retry_policy=INGEST_RETRIES,
    )
    def load(context: AssetExecutionContext) -> Iterator[MaterializeResult[Any] | AssetCheckResult]:
        run = _run(context)
        with _without_useless_retries(), run.step(f"ingest {source}") as step:
            (report,) = ingest.ingest(run.workspace, run.settings, only=source, progress=run.display)
            step.rows = report.accepted
            step.message = ingest.summary(report)
            step.has_failed = bool(report.errors)
        for table in tables:
            yield MaterializeResult(asset_key=raw_key(source, table), metadata=ingest.table_metadata(report, table))
        yield _check(everything_read, passed=not report.errors, errors=[str(error) for error in report.errors])
        lost = report.read - report.accepted - report.quarantined
        yield _check(nothing_lost, passed=lost == 0, lost=lost)

    return [*files, load]


def dbt_models(manifest: Manifest) -> AssetsDefinition:
    """Every dbt model with its tests as asset checks."""
    translator = KeyTranslator()

    @dbt_assets(
        manifest=manifest,
        name="transform",
        dagster_dbt_translator=translator,
        required_resource_keys={"pipeline_run"},
    )
    def build(context: AssetExecutionContext) -> Iterator[Any]:
        run = _run(context)
        selected = [key.path[-1] for key in context.selected_asset_keys] if context.is_subset else []
        with run.step("transform") as step:
            dbt = transform.prepare_warehouse(run.dbt)
            built = 0
            for event in transform.transform(dbt, select=selected, progress=run.display):
                message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
                for result in message.to_default_asset_events(manifest, translator, context):
                    built += 1
                    yield result
            step.message = f"{built:,} models and tests"

    return build


def forecast_assets(settings: Settings) -> AssetsDefinition:
    """The forecast tables. When forecasting fails, the last forecast stays and the run goes on to publish."""
    specs = [
        AssetSpec(
            mart_key(table),
            deps=[*FORECAST_INPUTS, WEIGHTS_KEY],
            group_name="forecast",
            kinds={"duckdb"},
        )
        for table in FORECAST_TABLES
    ]
    check = AssetCheckSpec(
        "forecast_was_made", asset=mart_key("fct_forecasts"), description="This run made a forecast."
    )

    @multi_asset(name="forecast", specs=specs, check_specs=[check], required_resource_keys={"pipeline_run"})
    def make(context: AssetExecutionContext) -> Iterator[MaterializeResult[Any] | AssetCheckResult]:
        run = _run(context)
        with run.step("forecast") as step:
            outcome = forecast.forecast_or_keep(run.workspace, settings, run_id=run.run_id, progress=run.display)
            step.message = outcome.message
            step.has_failed = outcome.report is None
        for table in FORECAST_TABLES:
            yield MaterializeResult(asset_key=mart_key(table))
        yield _check(check, passed=outcome.report is not None, outcome=outcome.message)

    return make


def replenishment_assets(settings: Settings) -> AssetsDefinition:
    """Drafts and stock risk. When drafting fails, the last drafts stay and the run goes on to publish."""
    specs = [
        AssetSpec(mart_key(table), deps=REPLENISHMENT_INPUTS, group_name="replenishment", kinds={"duckdb"})
        for table in REPLENISHMENT_TABLES
    ]
    check = AssetCheckSpec(
        "drafts_were_made", asset=mart_key("fct_reorder_drafts"), description="This run looked at what to order."
    )

    @multi_asset(name="replenish", specs=specs, check_specs=[check], required_resource_keys={"pipeline_run"})
    def make(context: AssetExecutionContext) -> Iterator[MaterializeResult[Any] | AssetCheckResult]:
        run = _run(context)
        with run.step("replenish") as step:
            outcome = replenish.replenish_or_keep(run.workspace, settings, run_id=run.run_id, progress=run.display)
            step.message = outcome.message
            step.has_failed = outcome.report is None
        for table in REPLENISHMENT_TABLES:
            yield MaterializeResult(asset_key=mart_key(table))
        yield _check(check, passed=outcome.report is not None, outcome=outcome.message)

    return make


def model_weights() -> AssetsDefinition:
    """The weights of the models. Not part of a run: the job `selection` makes them."""

    @asset(
        key=WEIGHTS_KEY,
        deps=FORECAST_INPUTS,
        group_name="forecast",
        description="How much each model counts, by backtest on the shop's own history.",
        required_resource_keys={"pipeline_run"},
    )
    def weights(context: AssetExecutionContext) -> MaterializeResult[Any]:
        run = _run(context)
        with run.step("selection") as step:
            series = forecast.select_models(run.workspace, run.settings, progress=run.display)
            step.message = f"{series:,} series backtested"
        return MaterializeResult(metadata={"series": series})

    return weights


def published_assets(manifest: Manifest, settings: Settings) -> AssetsDefinition:
    """The published copy of each mart, stale after `freshness_hours`."""
    tables = [*marts_of(manifest), *FORECAST_TABLES, *REPLENISHMENT_TABLES]
    policy = FreshnessPolicy.time_window(fail_window=timedelta(hours=settings.freshness_hours))
    specs = [
        AssetSpec(published_key(table), deps=[mart_key(table)], group_name="published", freshness_policy=policy)
        for table in tables
    ]

    @multi_asset(name="publish", specs=specs, required_resource_keys={"pipeline_run"})
    def move_pointer(context: AssetExecutionContext) -> Iterator[MaterializeResult[Any]]:
        run = _run(context)
        with run.step("publish") as step:
            run.must_be_built_whole()
            published = publish.publish(
                run.dbt,
                run_id=run.run_id,
                inputs_fingerprint=run.made_from,
                expected_tables=tables,
                progress=run.display,
            )
            run.published_run_id = published.run_id
            step.rows = sum(published.tables.values())
        for table in tables:
            metadata = {"dagster/row_count": published.tables[table]}
            yield MaterializeResult(asset_key=published_key(table), metadata=metadata)

    return move_pointer


def metric_assets(semantic_manifest: Manifest) -> list[AssetSpec]:
    """Metrics, each from the published marts that it is computed over. Dagster shows them; it does not compute them."""
    table_of_measure = {
        measure["name"]: model["node_relation"]["alias"]
        for model in semantic_manifest["semantic_models"]
        for measure in model["measures"]
    }
    specs = []
    for metric in semantic_manifest["metrics"]:
        measures = [measure["name"] for measure in metric["type_params"].get("input_measures") or []]
        tables = sorted({table_of_measure[measure] for measure in measures if measure in table_of_measure})
        specs.append(
            AssetSpec(
                metric_key(metric["name"]),
                deps=[published_key(table) for table in tables],
                group_name="metrics",
                description=metric.get("description"),
            )
        )
    return specs


def _run(context: AssetExecutionContext) -> PipelineRun:
    return cast("PipelineRun", context.resources.pipeline_run)


@contextmanager
def _without_useless_retries() -> Iterator[None]:
    """Try again only what may go better the next time: a file that is missing stays missing."""
    try:
        yield
    except TillsightError as error:
        if isinstance(error, SourceError) and error.is_transient:
            raise
        raise Failure(str(error), allow_retries=False) from error


def _check(spec: AssetCheckSpec, *, passed: bool, **metadata: Any) -> AssetCheckResult:
    return AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=passed,
        severity=AssetCheckSeverity.ERROR,
        metadata=metadata,
    )
