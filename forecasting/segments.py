"""Segments: series that forecast alike, by length of history and by how rarely they sell."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.panel import Panel

ALL: Final = "all"
_HISTORY: Final = np.array(["new", "short", "long"])
_RHYTHM: Final = np.array(["sparse", "intermittent", "regular"])
SEGMENTS: Final[tuple[str, ...]] = tuple(f"{history}_{rhythm}" for history in _HISTORY for rhythm in _RHYTHM)
"""`new`, `short` or `long` history, and `sparse` (sells in fewer than a tenth of its in-stock periods), `intermittent`
(fewer than half) or `regular`."""

_SPARSE_BELOW = 0.1
_INTERMITTENT_BELOW = 0.5


def segments(panel: Panel) -> NDArray[np.str_]:
    """Segment of each series as it stands at the end of the panel's calendar."""
    age = (panel.observed >= panel.frequency.new_below).astype(int)
    age += (age > 0) & (panel.history >= panel.frequency.long_from)
    selling = (np.nan_to_num(panel.y) > 0).sum(axis=1) / np.maximum(panel.observed, 1)
    rhythm = (selling >= _SPARSE_BELOW).astype(int) + (selling >= _INTERMITTENT_BELOW)
    return np.char.add(np.char.add(_HISTORY[age], "_"), _RHYTHM[rhythm])
