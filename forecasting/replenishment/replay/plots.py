"""Pictures of a replay: cost against fill rate, and the cost saved as the periods go by, with its band."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.replenishment.replay.comparison import Interval, Outcome, cumulative_band
from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours of Okabe and Ito, which people with any colour vision can tell apart.
_COLOURS: Final = ("#999999", "#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00")
_OURS: Final = "#0072B2"


def draw(outcomes: Sequence[Outcome], interval: Interval, path: Path) -> None:
    """Save the picture of a replay as a PNG.

    Args:
        outcomes: Every policy's.
        interval: Names the two whose difference is drawn.
        path: The file.

    Raises:
        UnusableRequest: matplotlib, which is installed for developers only, is absent.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UnusableRequest("A plot needs matplotlib, which is not installed: `pip install matplotlib`.") from error
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    service, saved = figure.subplots(1, 2)
    by_name = {outcome.policy: outcome for outcome in outcomes}
    _cost_by_service(service, outcomes)
    _saved(saved, by_name[interval.policy], by_name[interval.against])
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _cost_by_service(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    for number, outcome in enumerate(outcomes):
        is_ours = outcome.policy == "tillsight"
        colour = _OURS if is_ours else _COLOURS[number % len(_COLOURS)]
        place = (100 * (outcome.fill_rate or 0.0), float(outcome.cost.sum()))
        axes.scatter(*place, s=90 if is_ours else 60, color=colour, zorder=3)
        axes.annotate(outcome.policy, place, xytext=(7, -14 if is_ours else 5), textcoords="offset points", fontsize=9)
    axes.set(xlabel="Fill rate, %", ylabel="Cost", title="Cost and service")
    axes.margins(0.2)
    axes.grid(visible=True, color="#dddddd")


def _saved(axes: Axes, ours: Outcome, rival: Outcome) -> None:
    middle, low, high = cumulative_band(ours, rival)
    periods = np.arange(1, len(middle) + 1)
    axes.fill_between(periods, low, high, color=_OURS, alpha=0.2, label="95%, bootstrap over series")
    axes.plot(periods, middle, color=_OURS, marker="o", markersize=3, label=f"{ours.policy} less {rival.policy}")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xlabel="Period of the hold-out", ylabel="Cumulative cost difference", title="Cost saved so far")
    axes.grid(visible=True, color="#dddddd")
    axes.legend(frameon=False, fontsize=9)
