"""How often demand over several periods stayed at or below its quantiles, in the windows of a backtest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from forecasting.calibration import PastTotals, score_totals
from forecasting.learning import Learnt
from forecasting.models.combination import average
from forecasting.scores import covered
from forecasting.segments import ALL
from forecasting.windows import Window
from retail.vocabulary import TOTAL_LEVELS

LENGTHS: Final[dict[str, tuple[int, ...]]] = {"D": (7, 14), "W": (4,), "M": (3,)}
"""Lead times and review periods that coverage is told for, in periods."""
LEVELS: Final[tuple[float, ...]] = (0.5, 0.9, 0.95)


@dataclass
class Coverage:
    """Coverage of calibrated totals, added up over windows; ties are counted as in `scores.covered`.

    Args:
        frequency_code: D, W or M.
    """

    frequency_code: str
    found: list[pd.DataFrame] = field(default_factory=list)

    def add(self, window: Window, learnt: Learnt) -> None:
        """Score the totals of a window by what was learnt before it."""
        cube, _ = average(window.members, window.history, learnt.weights)
        case = PastTotals.of(cube, window.history, window.actual, window.levels)
        for length in LENGTHS[self.frequency_code]:
            if length <= case.actual.shape[1]:
                actual, quantiles, numbers = score_totals(case, learnt.calibration, length)
                columns = {
                    str(level): covered(actual[:, None], quantiles[:, None].astype(np.float64), TOTAL_LEVELS, level)[
                        :, 0
                    ]
                    for level in LEVELS
                }
                self.found.append(
                    pd.DataFrame(
                        {"segment": case.segments[numbers], "periods": length, "row": window.rows[numbers], **columns}
                    )
                )

    def rows(self) -> list[dict[str, object]]:
        """By segment (`all` first) and length: `segment, periods, series, coverage` with a share per level."""
        if not self.found:
            return []
        found = pd.concat(self.found)
        groups = [(ALL, found), *((str(name), group) for name, group in found.groupby("segment"))]
        return [
            {
                "segment": segment,
                "periods": int(str(length)),
                "series": int(rows["row"].nunique()),
                "totals": len(rows),
                "coverage": {str(level): float(rows[str(level)].mean()) for level in LEVELS},
            }
            for segment, group in groups
            for length, rows in group.groupby("periods")
        ]
