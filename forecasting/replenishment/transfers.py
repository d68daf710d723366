"""Stock that one store can spare and another needs: moved before anything is bought.

A transfer is assumed to take a day and to cost nothing worth counting, so it beats an order whenever a store can spare
all that another needs. A store spares what it has on hand beyond its own need: its demand at its service level until
its next order arrives, and at least over the next four weeks.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.demand import Floats

TRANSFER_DAYS: Final = 1
KEEPS_DAYS: Final = 14
"""Goods with a shorter shelf life are not moved: how old they are is known too badly."""


def find_transfers(lines: pd.DataFrame, unrounded: Floats, saving: Floats, spare: Floats) -> pd.DataFrame:
    """Which line gets its need from which other line of the same product.

    The line that saves most chooses first, the store with most to spare gives; one store must be able to give all.

    Args:
        lines: `product_id`, `store_id`, `may_order`, `shelf_life_days` (NaN where goods keep).
        unrounded: Units that each line needs.
        saving: Expected cost that ordering for the line saves.
        spare: Units that each line can give away.

    Returns:
        `row`, `from_row` and `quantity` of each transfer, by row.
    """
    left = np.floor(spare)
    keeps = ~(lines["shelf_life_days"].to_numpy(dtype=float) < KEEPS_DAYS)
    wanted = np.ceil(unrounded - 1e-9)
    candidates = np.flatnonzero((wanted > 0) & lines["may_order"].to_numpy(dtype=bool) & keeps & (saving > 0))
    of_product = lines.groupby("product_id").indices
    products = lines["product_id"].to_numpy()
    found: list[tuple[int, int, float]] = []
    for row in candidates[np.argsort(-saving[candidates], kind="stable")]:
        others = of_product[products[row]]
        others = others[others != row]
        if not len(others):
            continue
        giver = others[np.argmax(left[others])]
        if left[giver] >= wanted[row]:
            left[giver] -= wanted[row]
            found.append((int(row), int(giver), float(wanted[row])))
    return pd.DataFrame(sorted(found), columns=["row", "from_row", "quantity"])
