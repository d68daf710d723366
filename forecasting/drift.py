"""Whether forecasts have become worse than the last selection leads to expect, and when to select anew.

The selection's backtest scored several windows; a later one is expected to score like them. It drifts where its WQL is
above the upper bound that one more window would stay under 19 times in 20, were nothing changed: the one-sided
prediction bound of Student's t for the next of n alike values (Whitmore 1986, Prediction limits for a univariate normal
observation). Windows are never taken to vary by less than a twentieth of their mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from forecasting.frequency import DAILY
from forecasting.models.combination import NAME
from forecasting.segments import ALL
from forecasting.weights import Selection

Row = Mapping[str, object]

EVALUATION: Final = "evaluation"
"""Kind of a run's own scores: its last days, forecast from before them."""
BACKTEST: Final = "backtest"
"""Kind of the scores of a selection's windows."""

_LEAST_VARIATION: Final = 0.05
_LIKELY: Final = 0.95
_FEWEST_SERIES: Final = 20
"""Series that a segment needs before it can drift: a few series vary by themselves."""
STALE_AFTER_DAYS: Final = 35


def backtest_history(selection: Selection, run_id: str) -> list[dict[str, object]]:
    """Rows of `fct_forecast_history` for the windows of a selection."""
    return [
        {**row, "run_id": run_id, "kind": BACKTEST, "expected_wql": None, "is_drifting": False}
        for row in selection.windows
    ]


def evaluation_history(
    accuracy: Sequence[Row], selection: Selection | None, run_id: str, cutoff_date: date
) -> list[dict[str, object]]:
    """Rows of `fct_forecast_history` for a run's evaluation: the combination by segment, the others over all series.

    Args:
        accuracy: Scores by model and segment of the run's evaluation.
        selection: The last selection; null leaves nothing to drift from.
        run_id: Name of the run.
        cutoff_date: Last day known to the evaluation's forecasts.
    """
    bounds = _bounds(selection.windows if selection else [])
    rows = []
    for row in accuracy:
        segment = str(row["segment"])
        is_served = row["model_name"] == NAME
        if is_served or segment == ALL:
            expected, bound = bounds.get(segment, (None, None)) if is_served else (None, None)
            drifts = bound is not None and _number(row["wql"]) > bound and _number(row["series"]) >= _FEWEST_SERIES
            rows.append(
                {
                    **row,
                    "run_id": run_id,
                    "kind": EVALUATION,
                    "cutoff_date": cutoff_date,
                    "expected_wql": expected,
                    "is_drifting": drifts,
                }
            )
    return rows


def wants_selection(history: Iterable[Row], today: date, selected_on: date | None) -> str | None:
    """Why the models should be weighed anew, in words; null where they need not.

    Args:
        history: Rows of `fct_forecast_history` of the newest run.
        today: The day that counts as today.
        selected_on: Day of the last selection; null where there was none.
    """
    if selected_on is None:
        return "No selection has been made: the shipped weights serve."
    if (today - selected_on).days > STALE_AFTER_DAYS:
        return f"The last selection is {(today - selected_on).days} days old."
    drifting = sorted(str(row["segment"]) for row in history if row["is_drifting"])
    if drifting:
        return f"The error is larger than windows of the last selection differ: {', '.join(drifting)}."
    return None


def selected_on(selection: Selection | None) -> date | None:
    """Last day that a selection learnt from: the end of its newest window; null where there is none."""
    cutoffs = [date.fromisoformat(str(row["cutoff_date"])[:10]) for row in (selection.windows if selection else [])]
    return max(cutoffs) + timedelta(days=DAILY.horizon) if cutoffs else None


def _bounds(windows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """Expected WQL and its upper bound by segment, where a selection had two windows or more."""
    found: dict[str, list[float]] = {}
    for row in windows:
        if row["wql"] is not None:
            found.setdefault(str(row["segment"]), []).append(_number(row["wql"]))
    return {segment: _bound(np.array(values)) for segment, values in found.items() if len(values) > 1}


def _bound(values: np.ndarray) -> tuple[float, float]:
    from scipy.stats import t

    count, expected = len(values), float(values.mean())
    spread = max(float(values.std(ddof=1)), _LEAST_VARIATION * expected)
    return expected, expected + float(t.ppf(_LIKELY, count - 1)) * spread * float(np.sqrt(1 + 1 / count))


def _number(value: object) -> float:
    return float(str(value)) if value is not None else float("nan")
