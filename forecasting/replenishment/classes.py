"""ABC by what a product earns, XYZ by how steadily it sells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasting.replenishment.demand import Floats


def abc_classes(earned: Floats, group: pd.Series[str]) -> pd.Series[str]:
    """A for the products that earn the first 80% of a store's money, B for the next 15%, C for the rest.

    Args:
        earned: Money earned by each line; what earned nothing is C.
        group: Store of each line.
    """
    frame = pd.DataFrame({"group": group.to_numpy(), "earned": np.maximum(np.nan_to_num(earned), 0.0)})
    ranked = frame.sort_values(["group", "earned"], ascending=[True, False], kind="stable")
    before = ranked.groupby("group")["earned"].cumsum() - ranked["earned"]
    share = before / ranked.groupby("group")["earned"].transform("sum").where(lambda total: total > 0)
    letters = np.select(
        [(share < 0.8) & (ranked["earned"] > 0), (share < 0.95) & (ranked["earned"] > 0)], ["A", "B"], "C"
    )
    return pd.Series(letters, index=ranked.index).sort_index()


def xyz_classes(variation: Floats) -> pd.Series[str]:
    """X below a coefficient of variation of 0.5 (of weekly units), Y below 1, Z above; unknown counts as Z."""
    return pd.Series(np.select([variation < 0.5, variation < 1.0], ["X", "Y"], "Z"))
