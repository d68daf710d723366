"""Which segment a series is in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame
from forecasting.segments import SEGMENTS, segments, without_covariates
from forecasting.weights import Weights


def _panel(days: int, every: int) -> Panel:
    dates = pd.date_range(end="2024-06-30", periods=days)
    sold = (np.arange(days) % every == 0).astype(float)
    return panel_from_frame(pd.DataFrame({"unique_id": "a", "ds": dates, "y": sold}))


@pytest.mark.parametrize(
    ("days", "every", "segment"),
    [(20, 1, "new_regular"), (60, 4, "short_intermittent"), (300, 20, "long_sparse"), (300, 1, "long_regular")],
)
def test_history_and_rhythm_name_the_segment(days: int, every: int, segment: str) -> None:
    assert segments(_panel(days, every)).tolist() == [segment]
    assert segment in SEGMENTS


def test_a_covariate_counts_where_it_has_changed_within_the_history() -> None:
    panel = _panel(60, 1)
    price = np.ones((1, 88), dtype=np.float32)
    price[0, 70:] = 2
    assert segments(replace(panel, known={"price": price})).tolist() == ["short_regular"]
    price[0, 30:] = 3
    assert segments(replace(panel, known={"price": price})).tolist() == ["short_regular_covariates"]
    assert segments(replace(panel, known={"is_holiday": price})).tolist() == ["short_regular"]


def test_weights_without_a_segment_with_covariates_fall_back_to_the_one_without() -> None:
    weights = Weights(default={"a": 1.0}, segments={"long_regular": {"b": 1.0}})
    assert without_covariates("long_regular_covariates") == "long_regular"
    assert weights.shares("long_regular_covariates", ["a", "b"]).tolist() == [0.0, 1.0]
    assert weights.shares("new_sparse_covariates", ["a", "b"]).tolist() == [1.0, 0.0]
