"""`tillsight replay`: what ordering by Tillsight would have cost, beside simple policies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import of
from cli.forecast import FrequencyName, split_names
from cli.output import print_json, print_line, print_note

if TYPE_CHECKING:
    from forecasting.replenishment.replay.panel_replay import Replay


def replay(
    context: typer.Context,
    panel: Annotated[Path, typer.Option(help="Parquet file with unique_id, ds, y and the columns named below.")],
    holding: Annotated[float, typer.Option(min=0, help="Cost of a unit left at the end of a period.")] = 0.2,
    shortage: Annotated[float, typer.Option(min=0, help="Cost of a unit of demand that is lost.")] = 1.0,
    lead_time: Annotated[int, typer.Option(min=0, help="Periods that an order takes.")] = 2,
    review: Annotated[int, typer.Option(min=1, help="Periods between order moments.")] = 1,
    hold_out: Annotated[int, typer.Option(min=1, help="Periods at the end that are replayed.")] = 8,
    in_stock: Annotated[str | None, typer.Option(help="Column that says whether demand could be seen.")] = None,
    freq: Annotated[FrequencyName | None, typer.Option(help="Length of a period. Default: as the dates are.")] = None,
    known: Annotated[str, typer.Option(help="Columns known for the future too, with commas.")] = "",
    static: Annotated[str, typer.Option(help="Columns that describe a series, with commas.")] = "",
    plot: Annotated[Path | None, typer.Option(help="PNG file to draw cost and fill rate into.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Replay the end of a panel with every policy: cost, fill rate, stockouts and stock."""
    from forecasting.frequency import frequency
    from forecasting.panel.file import read_panel_file
    from forecasting.replenishment.replay.files import frequency_of_file
    from forecasting.replenishment.replay.forecasts import replay_models
    from forecasting.replenishment.replay.panel_replay import Rules, replay_panel

    settings = of(context).settings
    period = frequency(freq.value) if freq else frequency_of_file(panel)
    history = read_panel_file(panel, period, known=split_names(known), static=split_names(static), in_stock=in_stock)
    rules = Rules(holding, shortage, lead_time, review, hold_out)
    found = replay_panel(history, replay_models(settings, history), rules, progress=_note)
    if plot:
        from forecasting.replenishment.replay.plots import draw

        draw(found.outcomes, found.interval, plot)
    if as_json:
        print_json(found.as_dict())
        return
    _print(found)


def _print(found: Replay) -> None:
    for outcome in found.outcomes:
        fill = f"{outcome.fill_rate:.1%}" if outcome.fill_rate is not None else "no demand"
        parts = ", ".join(f"{kind} {amount.sum():.0f}" for kind, amount in outcome.paid.items() if amount.any())
        print_line(f"{outcome.policy}: cost {outcome.cost.sum():.0f} ({parts}), fill rate {fill}")
    interval = found.interval
    print_line(
        f"{interval.policy} against {interval.against}: {interval.difference:+.0f} "
        f"(95% between {interval.low:+.0f} and {interval.high:+.0f})"
    )
    for note in found.notes:
        print_note(note)


def _note(step: str, done: int, total: int, unit: str = "series") -> None:
    print_note(f"{step}: {done} of {total} {unit}")
