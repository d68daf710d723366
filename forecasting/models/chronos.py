"""Chronos (chronos-forecasting) over weights from a local folder, the bundled checkpoint or, if named, a model hub."""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from forecasting.models.protocol import to_table
from forecasting.panel import Panel
from retail.errors import ForecastError
from retail.progress import Progress, silent
from retail.settings import BUNDLED_CHECKPOINT

log = logging.getLogger(__name__)

_BATCH = 256
_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_HUB_TIMEOUT_SECONDS = 5.0


class Chronos:
    """A Chronos, Chronos-Bolt or Chronos-2 model. Unknown demand reaches it as missing values.

    Args:
        weights: A local folder, or a hub name such as `amazon/chronos-2`. The hub is asked only for a hub name.
        threads: Processor threads.
    """

    def __init__(self, weights: str = str(BUNDLED_CHECKPOINT), threads: int = 1) -> None:
        self.weights = weights
        self.threads = threads
        self._pipeline: Any = None

    @property
    def name(self) -> str:
        """`bundled` for the checkpoint in this repository, else the name of the folder or of the model on the hub."""
        return "bundled" if Path(self.weights) == BUNDLED_CHECKPOINT else Path(self.weights).name

    def predict(
        self, panel: Panel, horizon: int, quantile_levels: Sequence[float], progress: Progress = silent
    ) -> pd.DataFrame:
        """See `Forecaster.predict`. The newest periods up to the model's context length count.

        Raises:
            ForecastError: The weights are missing, out of reach, corrupt or of another architecture.
        """
        self._pipeline = self._pipeline or self._load()
        import torch

        torch.set_num_threads(self.threads)
        context = torch.from_numpy(np.ascontiguousarray(panel.y[:, -self._pipeline.model_context_length :]))
        batches = []
        for start in range(0, len(panel), _BATCH):
            progress(self.name, start, len(panel))
            batches.append(self._quantiles(list(context[start : start + _BATCH]), horizon, quantile_levels))
        progress(self.name, len(panel), len(panel))
        cube = np.concatenate(batches) if batches else np.empty((0, horizon, len(quantile_levels)), np.float32)
        return to_table(panel, cube, quantile_levels)

    def _quantiles(self, context: list[Any], horizon: int, levels: Sequence[float]) -> np.ndarray:
        import torch

        try:
            answer, _ = self._pipeline.predict_quantiles(
                context, prediction_length=horizon, quantile_levels=list(levels)
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise ForecastError(
                f"The Chronos weights in {self.weights} loaded but could not forecast: {error}. "
                "Use another folder, or lower TILLSIGHT_FORECAST_MAX_SERIES if memory ran out."
            ) from error
        quantiles = torch.cat(answer) if isinstance(answer, list) else answer
        return quantiles.float().cpu().numpy()

    def _load(self) -> Any:
        folder = Path(self.weights)
        if not folder.exists() and _HUB_NAME.fullmatch(self.weights):
            is_cached = _is_cached(self.weights)
            if not is_cached:
                _check_hub(self.weights)
            return self._open(self.weights, offline=is_cached)
        if not (folder / "config.json").is_file():
            raise ForecastError(
                f"{self.weights} holds no Chronos weights (no config.json). Set TILLSIGHT_CHRONOS_WEIGHTS to a folder "
                "with config.json and model.safetensors, or to a hub name such as amazon/chronos-2."
            )
        return self._open(str(folder), offline=True)

    def _open(self, weights: str, *, offline: bool) -> Any:
        with _hub(offline=offline):
            import torch
            from chronos import BaseChronosPipeline

            device = "cuda" if torch.cuda.is_available() else "cpu"
            try:
                pipeline = BaseChronosPipeline.from_pretrained(
                    weights, device_map=device, dtype=torch.float32, local_files_only=offline
                )
            except Exception as error:  # a broken checkpoint may raise anything
                log.debug("loading %s failed", weights, exc_info=True)
                raise ForecastError(
                    f"The Chronos weights {weights} cannot be loaded: {_one_line(error)}. They may be incomplete, "
                    "corrupt or of another architecture; fetch them again, or unset TILLSIGHT_CHRONOS_WEIGHTS."
                ) from error
        pipeline.inner_model.eval()
        return pipeline


@contextmanager
def _hub(*, offline: bool) -> Iterator[None]:
    """Keep the hub's client silent, and off the network where `offline`, for the time of the call only."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from huggingface_hub import constants
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    before = constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY
    constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = offline or before[0], True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = before


def _is_cached(weights: str) -> bool:
    """Whether an earlier run has fetched these weights, so that the hub need not be asked again."""
    with _hub(offline=True):
        from huggingface_hub import try_to_load_from_cache

        return all(
            isinstance(try_to_load_from_cache(weights, name), str) for name in ("config.json", "model.safetensors")
        )


def _check_hub(weights: str) -> None:
    """Ask once whether the hub answers, so that a machine without it does not wait minutes for retries."""
    endpoint = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co"))
    host, port = endpoint.hostname or "", endpoint.port or (80 if endpoint.scheme == "http" else 443)
    try:
        socket.create_connection((host, port), timeout=_HUB_TIMEOUT_SECONDS).close()
    except OSError as error:
        raise ForecastError(
            f"The model hub {host} is out of reach ({error}), so the Chronos weights {weights} cannot be fetched. "
            "Download them elsewhere and set TILLSIGHT_CHRONOS_WEIGHTS to the folder, or unset it for the bundled ones."
        ) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
