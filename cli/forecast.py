"""`tillsight forecast` and `tillsight backtest`: what the last forecast holds, and how good the models are."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.context import of
from cli.output import print_json, print_line, print_note

_EVERY_ROW = 10_000_000
_SCORES = ("wql", "mase", "wape", "bias", "coverage_10", "coverage_90")


class FrequencyName(StrEnum):
    """Length of a period."""

    DAILY = "D"
    WEEKLY = "W"
    MONTHLY = "M"


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def forecast(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what the last published forecast holds: models, cutoff, horizon, series and accuracy."""
    from metrics import Metrics

    command = of(context)
    settings = command.settings.model_copy(update={"query_max_rows": _EVERY_ROW})
    metrics = Metrics.open(command.workspace(), settings)
    who = command.principal()
    last = metrics.rows(
        "fct_forecasts",
        columns=("run_id", "cutoff_date", "horizon_days"),
        order_by=("-horizon_days",),
        limit=1,
        principal=who,
    ).rows
    series = metrics.rows("fct_forecast_series", columns=("level", "model_name", "evidence"), principal=who).rows
    accuracy = metrics.rows("fct_forecast_accuracy", order_by=("segment", "wql"), principal=who).rows
    document = {
        "run_id": last[0]["run_id"] if last else None,
        "cutoff": last[0]["cutoff_date"] if last else None,
        "horizon": last[0]["horizon_days"] if last else None,
        "series": len(series),
        "levels": dict(Counter(row["level"] for row in series)),
        "low_evidence": sum(row["evidence"] == "low" for row in series),
        "models": [
            {"model": model, "series": count}
            for model, count in Counter(row["model_name"] for row in series).most_common()
        ],
        "accuracy": accuracy,
    }
    if as_json:
        print_json(document)
        return
    if not last:
        print_line("The last run holds no forecast: there was no active product to forecast. See the Data health page.")
        return
    print_line(f"{len(series)} series, {document['horizon']} days after {document['cutoff']}")
    for model, count in Counter(str(row["model_name"]) for row in series).most_common():
        print_line(f"  {count:6} by {model}")
    for row in accuracy:
        if row["segment"] == "all":
            shown = "  ".join(f"{name} {row[name]:.3f}" for name in _SCORES if row[name] is not None)
            print_line(f"  {row['model_name']}: {shown}")


def backtest(
    context: typer.Context,
    panel: Annotated[Path, typer.Option(help="Parquet file with unique_id, ds, y and the columns named below.")],
    freq: Annotated[FrequencyName, typer.Option(help="Length of a period.")] = FrequencyName.DAILY,
    horizon: Annotated[int | None, typer.Option(min=1, help="Periods ahead. Default: 28, 8 or 6 by frequency.")] = None,
    windows: Annotated[int, typer.Option(min=1, help="Cutoffs, one horizon apart.")] = 4,
    known: Annotated[str, typer.Option(help="Columns known for the future too, with commas.")] = "",
    static: Annotated[str, typer.Option(help="Columns that describe a series, with commas.")] = "",
    in_stock: Annotated[str | None, typer.Option(help="Column that says whether demand could be seen.")] = None,
    max_series: Annotated[int | None, typer.Option(min=1, help="Score a seeded sample of so many series.")] = None,
    slow: Annotated[str, typer.Option(help="Slow models to score on a sample too: auto_ets.")] = "",
    as_json: AsJson = False,
) -> None:
    """Score the models and their combination on a panel, from rolling past cutoffs."""
    from forecasting import backtest as backtests
    from forecasting.frequency import frequency
    from forecasting.models.registry import backtest_models, slow_models
    from forecasting.panel.file import read_panel_file

    settings = of(context).settings
    period = frequency(freq.value)
    found = backtests.backtest(
        read_panel_file(
            panel,
            period,
            known=split_names(known),
            static=split_names(static),
            in_stock=in_stock,
            max_series=max_series,
        ),
        backtest_models(settings, period),
        horizon=horizon,
        windows=windows,
        slow=slow_models(split_names(slow)),
        progress=_note,
    )
    document = found.as_dict()
    if as_json:
        print_json(document)
        return
    print_line(f"{found.series} series, {len(found.cutoffs)} cutoffs, season {found.season_length}")
    for row in (*found.accuracy, *found.sample):
        if row["segment"] == "all":
            shown = "  ".join(f"{name} {row[name]:.3f}" for name in _SCORES if row[name] is not None)
            print_line(f"  {row['model_name']} ({row['series']} series): {shown}")
    for row in found.totals:
        coverage = row["coverage"]
        if row["segment"] == "all" and isinstance(coverage, dict):
            shown = "  ".join(f"q{float(level) * 100:.0f} {share:.3f}" for level, share in coverage.items())
            print_line(f"  demand over {row['periods']} periods, share at or below: {shown}")
    for note in (*found.notes, *(f"{name} was left out: {reason}" for name, reason in found.dropped.items())):
        print_note(note)


def split_names(text: str) -> list[str]:
    """Names that were given with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _note(step: str, done: int, total: int, unit: str = "series") -> None:
    if done == total:
        print_note(f"{step}: {total} {unit}")
