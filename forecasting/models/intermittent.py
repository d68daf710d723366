"""Models of intermittent demand: Croston-SBA, TSB and ADIDA of statsforecast, with conformal intervals.

Each says one number, the expected demand of every period to come. Its quantiles are that number plus the quantiles of
its signed errors on past windows of the same length, pooled over windows and periods ahead: split conformal prediction
(Vovk, Gammerman & Shafer 2005) with signed scores, because errors around rare sales lean to one side. The library's
own conformal intervals are symmetric.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.models.protocol import Cube, Forecaster, to_table
from forecasting.panel import Panel
from retail.progress import Progress, silent

_WINDOWS = 8
_HISTORY = 364
_REPORT_EVERY = 500

Expected = Callable[[NDArray[np.float64]], float]
"""Expected demand of a coming period, from the known demand in order of time."""


class Intermittent:
    """A model of statsforecast that expects the same of every period.

    Args:
        name: Name of the model in tables.
        make: Makes the library's model.
    """

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self.name = name
        self._make = make

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Unknown demand is left out; a series without any known demand gets zeros."""
        expected = self._expected()
        cube = np.zeros((len(panel), horizon, len(quantile_levels)), dtype=np.float32)
        for row, demand in enumerate(panel.demand[:, -_HISTORY:].astype(np.float64)):
            if row % _REPORT_EVERY == 0:
                progress(self.name, row, len(panel))
            known = demand[np.isfinite(demand)]
            if known.any():
                cube[row] = _quantiles(known, expected, horizon, quantile_levels)
        progress(self.name, len(panel), len(panel))
        return to_table(panel, cube, quantile_levels)

    def _expected(self) -> Expected:
        model = self._make()

        def expected(demand: NDArray[np.float64]) -> float:
            return float(model.forecast(demand, 1)["mean"][0]) if demand.any() else 0.0

        return expected


def intermittent_models() -> list[Forecaster]:
    """Croston-SBA (Syntetos & Boylan 2005), TSB (Teunter et al. 2011) and ADIDA (Nikolopoulos et al. 2011)."""
    return [Intermittent("croston_sba", _croston_sba), Intermittent("tsb", _tsb), Intermittent("adida", _adida)]


def _croston_sba() -> Any:
    from statsforecast.models import CrostonSBA

    return CrostonSBA()


def _tsb() -> Any:
    from statsforecast.models import TSB

    return TSB(alpha_d=0.1, alpha_p=0.1)


def _adida() -> Any:
    from statsforecast.models import ADIDA

    return ADIDA()


def _quantiles(demand: NDArray[np.float64], expected: Expected, horizon: int, levels: Sequence[float]) -> Cube:
    """Quantiles of one series, the same for every period ahead. Shape (horizon, levels)."""
    centre = expected(demand)
    spread = np.quantile(_errors(demand, expected, centre, horizon), levels)
    return np.asarray(np.broadcast_to(np.maximum(centre + spread, 0), (horizon, len(levels))), dtype=np.float32)


def _errors(demand: NDArray[np.float64], expected: Expected, centre: float, horizon: int) -> NDArray[np.float64]:
    """Signed errors on the last windows, a quarter of a horizon apart; of a short history, those in sample."""
    step = max(1, horizon // 4)
    ends = list(range(len(demand) - horizon, horizon, -step))[:_WINDOWS]
    if not ends:
        return demand - centre
    return np.concatenate([demand[end : end + horizon] - expected(demand[:end]) for end in ends])
