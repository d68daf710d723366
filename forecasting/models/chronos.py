"""Chronos (chronos-forecasting): pretrained forecasters, read by weights, with covariates of the time to come.

Chronos-2 takes covariates itself. For Chronos-Bolt and Chronos, which take none, their effects are divided out of the
history and put back into the forecast (`covariates`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.frequency import Frequency
from forecasting.models.chronos_weights import open_weights
from forecasting.models.covariates import adjustment
from forecasting.models.protocol import Cube, to_table
from forecasting.models.running import Floats, carried
from forecasting.panel import Panel
from retail.errors import ForecastError
from retail.progress import Progress, silent
from retail.settings import BUNDLED_CHECKPOINTS

log = logging.getLogger(__name__)

SIBLING = {"D": "bolt-daily", "W": "bolt-weekly", "M": "bolt-weekly"}
"""Folder of the bundled checkpoint for each frequency."""

_CPU_BATCH = 64
"""Series at once: more fit into memory, and are slower, since they no longer fit into a processor's cache."""
_GPU_BATCH = 1024


class Chronos:
    """A Chronos, Chronos-Bolt or Chronos-2 model. Unknown demand reaches it as missing values.

    Args:
        weights: A local folder, the folder of the bundled checkpoints (the one made for the panel's frequency serves),
            or a hub name such as `amazon/chronos-2`. The hub is asked only for a hub name.
        threads: Processor threads.
    """

    def __init__(self, weights: str = str(BUNDLED_CHECKPOINTS), threads: int = 1) -> None:
        self.weights = weights
        self.threads = threads
        self._pipelines: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """`bundled` for the checkpoints in this repository, else the name of the folder or of the model on the hub."""
        return "bundled" if Path(self.weights) == BUNDLED_CHECKPOINTS else Path(self.weights).name

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. The newest periods up to the model's context length count.

        Raises:
            ForecastError: The weights are missing, out of reach, corrupt or of another architecture, or memory ran out.
        """
        pipeline = self.pipeline(panel.frequency)
        import torch

        torch.set_num_threads(self.threads)
        width = min(panel.demand.shape[1], pipeline.model_context_length)
        if type(pipeline).__name__ == "Chronos2Pipeline":
            inputs = _with_covariates(panel, width, horizon)
            return to_table(panel, self._answer(pipeline, inputs, horizon, quantile_levels, progress), quantile_levels)
        adjusted = adjustment(panel, horizon)
        demand = panel.demand if adjusted is None else adjusted.remove(panel.demand)
        inputs = histories(demand[:, -width:])
        cube = self._answer(pipeline, inputs, horizon, quantile_levels, progress)
        if adjusted is not None:
            cube *= adjusted.ahead[..., None]
        return to_table(panel, cube, quantile_levels)

    def pipeline(self, frequency: Frequency) -> Any:
        """The opened weights that serve panels of a frequency, always the same object.

        Raises:
            ForecastError: The weights are missing, out of reach, corrupt or of another architecture.
        """
        folder = str(Path(self.weights) / SIBLING[frequency.code]) if self.name == "bundled" else self.weights
        if folder not in self._pipelines:
            self._pipelines[folder] = open_weights(folder)
        return self._pipelines[folder]

    def _answer(
        self, pipeline: Any, inputs: Sequence[Any], horizon: int, levels: Sequence[float], progress: Progress
    ) -> Cube:
        """Quantiles of every input, those of like length together, fewer at once where memory runs out."""
        import torch

        order = np.argsort([-_length(entry) for entry in inputs], kind="stable")
        cube = np.empty((len(inputs), horizon, len(levels)), dtype=np.float32)
        size, done = _GPU_BATCH if torch.cuda.is_available() else _CPU_BATCH, 0
        while done < len(order):
            progress(self.name, done, len(order))
            batch = order[done : done + size]
            try:
                cube[batch] = _quantiles(pipeline, [inputs[row] for row in batch], horizon, levels)
            except (RuntimeError, ValueError, MemoryError) as error:
                if not _is_out_of_memory(error) or size == 1:
                    raise ForecastError(
                        f"The Chronos weights in {self.weights} loaded but could not forecast: {error}. "
                        "Use another folder, or lower TILLSIGHT_FORECAST_MAX_SERIES if memory ran out."
                    ) from error
                size = max(1, size // 4)
                log.warning("Memory ran out: %s goes on with %d series at once.", self.name, size)
                continue
            done += len(batch)
        progress(self.name, len(order), len(order))
        return cube


def _quantiles(pipeline: Any, inputs: list[Any], horizon: int, levels: Sequence[float]) -> NDArray[np.float32]:
    import torch

    answer, _ = pipeline.predict_quantiles(inputs, prediction_length=horizon, quantile_levels=list(levels))
    quantiles = torch.cat(answer) if isinstance(answer, list) else answer
    return np.asarray(quantiles.float().cpu().numpy(), dtype=np.float32)


def histories(demand: Floats) -> list[Any]:
    """Each series from its first known value on, as a tensor; one missing value where nothing is known."""
    import torch

    known = np.isfinite(demand)
    start = np.where(known.any(axis=1), known.argmax(axis=1), demand.shape[1] - 1)
    whole = torch.from_numpy(np.ascontiguousarray(demand))
    return [whole[row, first:] for row, first in enumerate(start)]


def _with_covariates(panel: Panel, width: int, horizon: int) -> list[Any]:
    """Inputs of Chronos-2: each series with its known covariates, past and to come."""
    length = len(panel.dates)
    known = {
        name: np.concatenate([values[:, length - width : length], panel.future(name, horizon)], axis=1)
        for name, values in panel.known.items()
        if np.isfinite(values).any()
    }
    filled = {name: np.nan_to_num(carried(values)) for name, values in known.items()}
    return [
        {
            "target": history,
            "past_covariates": {name: values[row, width - len(history) : width] for name, values in filled.items()},
            "future_covariates": {name: values[row, width:] for name, values in filled.items()},
        }
        for row, history in enumerate(histories(panel.demand[:, -width:]))
    ]


def _length(entry: Any) -> int:
    return len(entry["target"] if isinstance(entry, dict) else entry)


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "memory" in str(error).lower()
