"""Batches: by number, of series of like length, without what cannot teach."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.pretraining.batches import Batches, usable
from forecasting.pretraining.config import Config

torch = pytest.importorskip("torch")


def test_a_batch_depends_on_its_number_alone(tiny: Config) -> None:
    first, again, other = Batches(tiny)[3], Batches(tiny)[3], Batches(tiny)[4]
    for (history, future), (history_again, future_again) in zip(first, again, strict=True):
        torch.testing.assert_close(history, history_again, equal_nan=True)
        torch.testing.assert_close(future, future_again, equal_nan=True)
    assert not torch.equal(first[0][1].nan_to_num(), other[0][1].nan_to_num())


def test_series_of_like_length_go_together_in_whole_patches(tiny: Config) -> None:
    widths = [history.shape[1] for history, _ in Batches(tiny)[0]]
    assert widths == sorted(widths)
    assert all(width % tiny.shape.patch == 0 for width in widths)
    assert widths[0] < tiny.shape.context_length


def test_half_of_the_futures_are_near(tiny: Config) -> None:
    future = torch.cat([future for number in range(8) for _, future in Batches(tiny)[number]])
    far = future[:, tiny.near :].isfinite().any(dim=1).float().mean()
    assert 0.3 < far < 0.7


def test_constant_and_nearly_empty_histories_are_left_out_and_spikes_cut_off() -> None:
    history = np.array([[2.0] * 10, [np.nan] * 8 + [1, 2], [1, 2] * 5])
    future = np.array([[2.0, 2], [1, 1], [1e6, -1e6]])
    kept, cut = usable(history, future)
    assert kept.tolist() == [history[2].tolist()]
    np.testing.assert_allclose(cut, [[1.5 + 8 * 0.5, 1.5 - 8 * 0.5]])
