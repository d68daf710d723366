"""Segments: series that forecast alike, by length of history, rarity of sales, and whether covariates tell of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.panel import Mask, Panel

ALL: Final = "all"
_HISTORY: Final = np.array(["new", "short", "long"])
_RHYTHM: Final = np.array(["sparse", "intermittent", "regular"])
_KNOWN: Final = np.array(["", "_covariates"])
SEGMENTS: Final[tuple[str, ...]] = tuple(
    f"{history}_{rhythm}{known}" for history in _HISTORY for rhythm in _RHYTHM for known in _KNOWN
)
"""`new`, `short` or `long` history; `sparse` (sells in fewer than a tenth of its in-stock periods), `intermittent`
(fewer than half) or `regular`; and `covariates` where a promotion, price or other known covariate has changed."""

_CALENDAR = frozenset({"is_holiday", "is_open"})
_SPARSE_BELOW = 0.1
_INTERMITTENT_BELOW = 0.5


def segments(panel: Panel) -> NDArray[np.str_]:
    """Segment of each series as it stands at the end of the panel's calendar."""
    age = (panel.observed >= panel.frequency.new_below).astype(int)
    age += (age > 0) & (panel.history >= panel.frequency.long_from)
    selling = (np.nan_to_num(panel.y) > 0).sum(axis=1) / np.maximum(panel.observed, 1)
    rhythm = (selling >= _SPARSE_BELOW).astype(int) + (selling >= _INTERMITTENT_BELOW)
    known = _has_covariates(panel).astype(int)
    return np.char.add(np.char.add(np.char.add(_HISTORY[age], "_"), _RHYTHM[rhythm]), _KNOWN[known])


def without_covariates(segment: str) -> str:
    """The segment of the same history and rhythm without covariates."""
    return segment.removesuffix(str(_KNOWN[1]))


def _has_covariates(panel: Panel) -> Mask:
    """Series for which a covariate of their own has changed so far; the calendar's, which all share, do not count."""
    changed = np.zeros(len(panel), dtype=bool)
    for name, values in panel.known.items():
        if name not in _CALENDAR:
            past = np.where(np.isfinite(panel.units), values[:, : len(panel.dates)], np.nan)
            lowest = np.where(np.isfinite(past), past, np.inf).min(axis=1, initial=np.inf)
            highest = np.where(np.isfinite(past), past, -np.inf).max(axis=1, initial=-np.inf)
            changed |= highest > lowest
    return changed
