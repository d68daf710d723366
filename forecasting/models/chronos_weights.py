"""Chronos weights: found in a local folder, beside this code or, if named, on a model hub, and opened."""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from retail.errors import ForecastError

log = logging.getLogger(__name__)

_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_HUB_TIMEOUT_SECONDS = 5.0


def open_weights(weights: str) -> Any:
    """A pipeline of chronos-forecasting over the weights, on the GPU if there is one, ready to forecast.

    Args:
        weights: A local folder, or a hub name such as `amazon/chronos-2`. The hub is asked only for a hub name.

    Raises:
        ForecastError: The weights are missing, out of reach, corrupt or of another architecture.
    """
    folder = Path(weights)
    if not folder.exists() and _HUB_NAME.fullmatch(weights):
        is_cached = _is_cached(weights)
        if not is_cached:
            _check_hub(weights)
        return _open(weights, offline=is_cached)
    if not (folder / "config.json").is_file():
        raise ForecastError(
            f"{weights} holds no Chronos weights (no config.json). Set TILLSIGHT_CHRONOS_WEIGHTS to a folder "
            "with config.json and model.safetensors, or to a hub name such as amazon/chronos-2."
        )
    return _open(str(folder), offline=True)


def _open(weights: str, *, offline: bool) -> Any:
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
