"""What lies on the shelves, with the age of everything that expires."""

from __future__ import annotations

import numpy as np

from demo.sample.arrays import Bools, Counts
from demo.sample.chain import Chain

LONGEST_TRACKED_LIFE_DAYS = 30
"""Products that keep longer than this sell out well before they expire."""


class Shelf:
    """Stock of every store and product `[S, P]`; what expires first is taken first."""

    def __init__(self, chain: Chain) -> None:
        shape = (len(chain.stores), len(chain.products))
        self.on_hand: Counts = np.zeros(shape, dtype=np.int32)
        lives = [product.shelf_life_days or 999 for product in chain.products]
        self.expires = np.array([life <= LONGEST_TRACKED_LIFE_DAYS for life in lives])
        self._columns = np.flatnonzero(self.expires)
        self._fresh = np.array([lives[p] - 1 for p in self._columns])
        # Batches by the number of days left to sell them in.
        self._batches: Counts = np.zeros((shape[0], len(self._columns), LONGEST_TRACKED_LIFE_DAYS), dtype=np.int32)

    def put(self, units: Counts) -> None:
        """Put units `[S, P]` on the shelf, fresh."""
        self.on_hand += units
        self._batches[:, np.arange(len(self._columns)), self._fresh] += units[:, self._columns]

    def take(self, units: Counts) -> None:
        """Take units `[S, P]` off the shelf; never more than there are."""
        self.on_hand -= units
        until = np.minimum(self._batches.cumsum(axis=2), units[:, self._columns, None])
        self._batches -= np.diff(until, axis=2, prepend=0)

    def expire(self, is_over: Bools) -> Counts:
        """Let a day pass in the stores where it is over `[S]`, and throw away what can no longer be sold.

        Returns:
            Units thrown away `[S, P]`.
        """
        wasted = np.zeros_like(self.on_hand)
        wasted[:, self._columns] = np.where(is_over[:, None], self._batches[:, :, 0], 0)
        self.on_hand -= wasted
        self._batches[is_over, :, :-1] = self._batches[is_over, :, 1:]
        self._batches[is_over, :, -1] = 0
        return wasted
