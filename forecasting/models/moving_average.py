"""Moving average: the recent level, with the spread seen around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from forecasting.models.empirical import last_known, quantiles
from forecasting.models.protocol import to_table
from forecasting.panel import Panel
from retail.progress import Progress, silent


class MovingAverage:
    """Mean of the last known periods plus the quantiles of what they differ from it: flat, without a season."""

    name = "moving_average"

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. Never fails; a series without known demand gets zeros."""
        recent = last_known(panel.demand, panel.frequency.recent)
        spread = np.nan_to_num(quantiles(recent, quantile_levels))
        progress(self.name, len(panel), len(panel))
        return to_table(panel, np.repeat(spread[:, None, :], horizon, axis=1), quantile_levels)
