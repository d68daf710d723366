"""A shelf that sells the oldest goods first and throws away what has expired."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.float64]
Counts = NDArray[np.int64]

KEEPS: Final = 1_000_000
"""Shelf life, in periods, of goods that do not expire."""


class Shelf:
    """Stock of many rows by the number of periods for which it can still be sold.

    Goods with a shelf life of n periods can be sold in the period in which they arrive and in the n − 1 after it; what
    is then left is waste.

    Args:
        on_hand: Units at the start, taken as fresh. Shape (rows,).
        shelf_life: Periods, at least 1; `KEEPS` and above for goods that do not expire. Shape (rows,).
    """

    def __init__(self, on_hand: Units, shelf_life: Counts) -> None:
        expires = shelf_life < KEEPS
        lives = int(shelf_life[expires].max(initial=0))
        self._place = np.where(expires, shelf_life - 1, lives)
        self._rows = np.arange(len(on_hand))
        self.by_life: Units = np.zeros((len(on_hand), lives + 1))
        self.receive(on_hand)

    @property
    def on_hand(self) -> Units:
        """Units on the shelf. Shape (rows,)."""
        total: Units = self.by_life.sum(axis=1)
        return total

    def receive(self, units: Units) -> None:
        """Put fresh goods on the shelf."""
        self.by_life[self._rows, self._place] += units

    def sell(self, demand: Units) -> Units:
        """Sell up to the demand, the oldest goods first, and say how much that was."""
        older = np.cumsum(self.by_life, axis=1) - self.by_life
        sold = np.clip(demand[:, None] - older, 0.0, self.by_life)
        self.by_life -= sold
        total: Units = sold.sum(axis=1)
        return total

    def expire(self) -> Units:
        """End the period: take off what cannot be sold any more, and say how much that was."""
        if self.by_life.shape[1] == 1:
            return np.zeros(len(self.by_life))
        wasted = self.by_life[:, 0].copy()
        self.by_life[:, :-2] = self.by_life[:, 1:-1]
        self.by_life[:, -2] = 0.0
        return wasted
