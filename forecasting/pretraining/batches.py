"""Batches of synthetic series: batch number n is the same in every run of one configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecasting.pretraining.config import Config
from forecasting.pretraining.series.mixture import simulate

if TYPE_CHECKING:
    from torch import Tensor

_MOST_DEVIATIONS = 8.0
"""Targets are cut off this many standard deviations of the history from its mean, or single spikes rule the loss."""


class Batches:
    """The batches of a run by number, each a list of (history, future) tensors of series of like length."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def __getitem__(self, step: int) -> list[tuple[Tensor, Tensor]]:
        import torch

        config, shape = self.config, self.config.shape
        rng = np.random.default_rng([config.seed, step])
        mixture = config.later_mixture if config.later_mixture and step >= config.later_from else config.mixture
        history, future = simulate(rng, mixture, config.batch, shape.context_length, shape.prediction_length)
        near = (rng.random((len(future), 1)) < 0.5) & (np.arange(future.shape[1]) >= config.near)
        history, future = usable(history, np.where(near, np.nan, future))
        seen = np.isfinite(history)
        length = shape.context_length - np.where(seen.any(axis=1), seen.argmax(axis=1), shape.context_length)
        order = np.argsort(length, kind="stable")
        parts = []
        for start in range(0, len(order), config.micro_batch):
            rows = order[start : start + config.micro_batch]
            longest = -(-int(length[rows].max()) // shape.patch) * shape.patch
            parts.append(
                (
                    torch.from_numpy(np.ascontiguousarray(history[rows, -longest:], dtype=np.float32)),
                    torch.from_numpy(np.ascontiguousarray(future[rows], dtype=np.float32)),
                )
            )
        return parts


def usable(
    history: NDArray[np.float64], future: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Series whose history varies, with their futures cut off at `_MOST_DEVIATIONS`."""
    count = np.isfinite(history).sum(axis=1)
    known = np.where(np.isfinite(history), history, 0.0)
    mean = known.sum(axis=1) / np.maximum(count, 1)
    deviation = np.sqrt((np.isfinite(history) * (known - mean[:, None]) ** 2).sum(axis=1) / np.maximum(count, 1))
    kept = (count >= 5) & (deviation > 1e-4 * (np.abs(mean) + 1e-3)) & np.isfinite(future).any(axis=1)
    low, high = (mean - _MOST_DEVIATIONS * deviation)[:, None], (mean + _MOST_DEVIATIONS * deviation)[:, None]
    return history[kept], np.clip(future, low, high)[kept]
