"""Fine-tuning of a Chronos-Bolt checkpoint on a shop's own history: optional, and kept only where it forecasts better.

The history's end is set aside: two windows to judge by, before them one to stop by. What is trained on ends before
those. The tuned weights are written only if the two windows, forecast as a run would, come out better with them.
"""

from __future__ import annotations

import copy
import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting import scores
from forecasting.models.chronos import Chronos
from forecasting.models.protocol import to_cube
from forecasting.panel import Matrix, Panel
from retail.errors import ForecastError, UnusableRequest
from retail.progress import Progress, silent
from retail.vocabulary import QUANTILE_LEVELS

log = logging.getLogger(__name__)

_BATCH = 32
_LEARNING_RATE = 1e-4
_CHECK_EVERY = 25
_PATIENCE = 4
"""Checks without a better one after which training stops."""
_CHECKED_SERIES = 200
_JUDGING_WINDOWS = 2
_WORTH = 0.01
"""Share of the loss that fine-tuning must save to be kept."""
_FARTHEST = 8.0
"""Targets are clipped at so many standard deviations of their context: one spike must not move a model."""


@dataclass(frozen=True, slots=True)
class FineTuning:
    """What a fine-tuning did.

    Attributes:
        steps: Steps until the weights that were judged.
        wql_before: Loss of the weights as they were on the windows set aside.
        wql_after: Loss of the tuned ones on the same.
        is_kept: Whether the tuned weights were written.
        folder: Where; null if they were not.
        seconds: Wall time.
    """

    steps: int
    wql_before: float
    wql_after: float
    is_kept: bool
    folder: str | None
    seconds: float

    def as_dict(self) -> dict[str, object]:
        """The report as JSON-ready values."""
        return asdict(self)


def fine_tune(
    panel: Panel,
    weights: str,
    out: Path,
    *,
    steps: int = 400,
    threads: int = 1,
    seed: int = 0,
    progress: Progress = silent,
) -> FineTuning:
    """Train a Chronos-Bolt checkpoint further on a panel, and keep it if it forecasts the panel's end better.

    Args:
        panel: The shop's history.
        weights: What to begin with, as `Chronos` takes it.
        out: Folder to write the tuned weights to, for `TILLSIGHT_CHRONOS_WEIGHTS`; untouched if they are not kept.
        steps: Most steps, of 32 windows each.
        threads: Processor threads.
        seed: Of the windows drawn.
        progress: Told the steps done.

    Raises:
        ForecastError: The weights cannot be loaded, or are not of the Chronos-Bolt architecture.
        UnusableRequest: The history is too short to set its end aside.
    """
    started = time.perf_counter()
    horizon = panel.frequency.horizon
    end = len(panel.dates) - (_JUDGING_WINDOWS + 1) * horizon
    if end < 2 * horizon:
        raise UnusableRequest(
            f"{len(panel.dates)} periods are too few to fine-tune on: it takes {(_JUDGING_WINDOWS + 3) * horizon}."
        )
    model = Chronos(weights, threads)
    pipeline = model.pipeline(panel.frequency)
    if type(pipeline).__name__ != "ChronosBoltPipeline":
        raise ForecastError(f"{weights} is not of the Chronos-Bolt architecture, the only one that is fine-tuned here.")
    judged = [len(panel.dates) - number * horizon for number in range(_JUDGING_WINDOWS, 0, -1)]
    checked = panel.sample(_CHECKED_SERIES)
    before = _wql(model, panel, judged)
    done = _train(model, pipeline.inner_model, panel.until(end), checked, end, steps, seed, progress)
    after = _wql(model, panel, judged)
    is_kept = after < before * (1 - _WORTH)
    if is_kept:
        pipeline.inner_model.save_pretrained(out)
    log.info("Fine-tuning for %d steps took the loss from %.4f to %.4f.", done, before, after)
    seconds = round(time.perf_counter() - started, 1)
    return FineTuning(done, before, after, is_kept, str(out) if is_kept else None, seconds)


def _train(
    model: Chronos, network: Any, past: Panel, checked: Panel, end: int, steps: int, seed: int, progress: Progress
) -> int:
    """Train in place, and leave the weights with the lowest loss on the window after `end`.

    Returns:
        The step they are of; 0 if none was better than the first.
    """
    import torch

    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_LEARNING_RATE, weight_decay=0.01)
    best, best_step, best_state = _wql(model, checked, [end]), 0, copy.deepcopy(network.state_dict())
    for step in range(1, steps + 1):
        progress("fine-tuning", step, steps)
        context, target = _windows(past, model.pipeline(past.frequency).model_context_length, generator)
        network.train()
        loss = network(context=context.to(network.device), target=target.to(network.device)).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        network.eval()
        if step % _CHECK_EVERY == 0 or step == steps:
            found = _wql(model, checked, [end])
            if found < best:
                best, best_step, best_state = found, step, copy.deepcopy(network.state_dict())
            if step - best_step >= _PATIENCE * _CHECK_EVERY:
                break
    network.load_state_dict(best_state)
    return best_step


def _windows(past: Panel, longest: int, generator: np.random.Generator) -> tuple[Any, Any]:
    """A batch of contexts and what followed them, of random series and ends; those that say nothing are drawn again."""
    import torch

    horizon, width = past.frequency.horizon, len(past.dates)
    contexts: list[Matrix] = []
    targets: list[Matrix] = []
    for _ in range(50 * _BATCH):
        if len(contexts) == _BATCH:
            break
        row, cut = int(generator.integers(len(past))), int(generator.integers(horizon, width - horizon + 1))
        context, target = past.demand[row, max(0, cut - longest) : cut], past.y[row, cut : cut + horizon]
        spread = float(np.nanstd(context)) if np.isfinite(context).any() else 0.0
        if spread > 0 and np.isfinite(target).any():
            limit = float(np.nanmean(context)) + _FARTHEST * spread
            contexts.append(context)
            targets.append(np.minimum(target, np.float32(limit)))
    if not contexts:
        raise UnusableRequest("No series varies enough to fine-tune on; the weights serve as they are.")
    longest_context = max(len(context) for context in contexts)
    padded = np.stack([np.pad(c, (longest_context - len(c), 0), constant_values=np.nan) for c in contexts])
    return torch.from_numpy(padded), torch.from_numpy(np.stack(targets))


def _wql(model: Chronos, panel: Panel, ends: list[int]) -> float:
    """Weighted quantile loss of the horizons after some cutoffs, forecast as a run would."""
    horizon = panel.frequency.horizon
    tallies = []
    for end in ends:
        known = panel.until(end)
        rows: NDArray[np.int64] = np.flatnonzero(known.observed > 0)
        history = known.take(rows)
        cube = to_cube(model.predict(history, horizon, QUANTILE_LEVELS), history, horizon, QUANTILE_LEVELS)
        actual = panel.y[rows, end : end + horizon].astype(np.float64)
        tallies.append(scores.tally(actual, cube.astype(np.float64), QUANTILE_LEVELS, np.ones(len(rows))))
    return float(scores.summarise(pd.concat(tallies))["wql"] or 0.0)
