"""The combination: the models' quantiles averaged by the weights of the series' segment. There is always an answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasting.models.design import closed_ahead
from forecasting.models.protocol import Cube, Forecaster, to_cube
from forecasting.panel import Mask, Panel
from forecasting.segments import segments
from forecasting.weights import Weights
from retail.errors import ForecastError
from retail.progress import Progress, silent

log = logging.getLogger(__name__)

NAME = "combination"
_NO_MODEL = "none"
_EXPLODES_ABOVE = 10.0


@dataclass(frozen=True, slots=True)
class Members:
    """What each model said about the same panel.

    Attributes:
        cubes: Quantiles by model, NaN where the model has no usable answer for a series.
        dropped: Models that failed altogether, with the reason.
        seconds: Wall time by model.
    """

    cubes: dict[str, Cube]
    dropped: dict[str, str]
    seconds: dict[str, float]


def predict_members(
    models: Sequence[Forecaster],
    panel: Panel,
    horizon: int,
    quantile_levels: Sequence[float],
    progress: Progress = silent,
    only: Mapping[str, Mask] | None = None,
) -> Members:
    """Ask every model; one that fails is dropped and named, an answer that is not finite or explodes is left out.

    Args:
        models: The models, each name once.
        panel: What is known.
        horizon: Periods ahead.
        quantile_levels: Levels, ascending.
        progress: Told by each model.
        only: Series that a model is asked for, by model name; the others have no answer from it.

    Raises:
        ForecastError: Every model failed.
    """
    members = Members({}, {}, {})
    for model in models:
        rows = (only or {}).get(model.name, np.ones(len(panel), dtype=bool))
        if not rows.any():
            continue
        asked = panel if rows.all() else panel.take(rows)
        started = time.perf_counter()
        try:
            cube = to_cube(model.predict(asked, horizon, quantile_levels, progress), asked, horizon, quantile_levels)
        except ForecastError as error:
            log.warning("%s is left out: %s", model.name, error)
            members.dropped[model.name] = str(error)
            continue
        answer = np.full((len(panel), *cube.shape[1:]), np.nan, dtype=np.float32)
        answer[rows] = _usable(model.name, asked, cube)
        members.cubes[model.name] = answer
        members.seconds[model.name] = time.perf_counter() - started
    if not members.cubes:
        raise ForecastError(f"No model could forecast: {members.dropped}. Nothing was changed; see the log.")
    return members


def combine(members: Members, panel: Panel, weights: Weights) -> tuple[Cube, NDArray[np.str_]]:
    """`average`, `in_whole_units`."""
    cube, names = average(members, panel, weights)
    return in_whole_units(cube, panel), names


def in_whole_units(cube: Cube, panel: Panel) -> Cube:
    """The quantiles, to the next whole number for series that sell whole units.

    A quantile of a count is a whole number, and pinball loss is a line between two of them: its least is at one.
    """
    return np.where(panel.is_whole[:, None, None], np.floor(cube + 0.5), cube)


def average(members: Members, panel: Panel, weights: Weights) -> tuple[Cube, NDArray[np.str_]]:
    """Average the members' quantiles level by level, by the weights of each series' segment; sort them, and clip at 0.

    Where none of the weighted models answered for a series, the first one that did serves alone; zeros if none did, and
    where a series is known to be closed, whatever models without covariates say.
    Fractions of a unit are kept, as chances: demand is added up from these.

    Returns:
        The quantiles, and per series the name of what made them: `combination(a+b)`, a single model's name, or `none`.
    """
    names = list(members.cubes)
    answered = np.stack([np.isfinite(cube).all(axis=(1, 2)) for cube in members.cubes.values()], axis=1)
    cube = np.zeros_like(next(iter(members.cubes.values())))
    levels = cube.shape[2]
    used = np.zeros(answered.shape, dtype=bool)
    of_series = segments(panel)
    for segment in np.unique(of_series):
        rows = np.flatnonzero(of_series == segment)
        share = np.where(answered[rows, :, None], weights.level_shares(str(segment), names, levels), 0.0)
        unserved = np.asarray(~share.any(axis=(1, 2)))
        share[unserved, answered[rows[unserved]].argmax(axis=1)] = 1.0
        share = np.where(answered[rows, :, None], share, 0.0)
        total = share.sum(axis=1, keepdims=True)
        share = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
        for number, member in enumerate(members.cubes.values()):
            cube[rows] += share[:, number, None].astype(np.float32) * np.nan_to_num(member[rows])
        used[rows] = share.any(axis=2)
    cube[closed_ahead(panel, cube.shape[1])] = 0
    return np.maximum(np.sort(cube, axis=-1), 0), _names(used, names)


def _usable(name: str, panel: Panel, cube: Cube) -> Cube:
    """The cube, sorted and clipped at 0; NaN for a series whose quantiles are not finite or explode."""
    if not len(panel):
        return cube
    highest = np.nan_to_num(panel.units).max(axis=1, initial=0.0)
    limit = (_EXPLODES_ABOVE * (highest + 1))[:, None, None]
    with np.errstate(invalid="ignore"):
        fine = (np.isfinite(cube) & (cube <= limit)).all(axis=(1, 2))
    if not fine.all():
        log.warning(
            "%s gave no usable forecast for %d of %d series; others serve them.", name, (~fine).sum(), len(fine)
        )
    sorted_cube: Cube = np.maximum(np.sort(cube, axis=-1), 0)
    sorted_cube[~fine] = np.nan
    return sorted_cube


def _names(used: NDArray[np.bool_], names: Sequence[str]) -> NDArray[np.str_]:
    patterns, which = np.unique(used, axis=0, return_inverse=True)
    labels = []
    for pattern in patterns:
        chosen = [name for name, flag in zip(names, pattern, strict=True) if flag]
        labels.append(f"{NAME}({'+'.join(chosen)})" if len(chosen) > 1 else (chosen or [_NO_MODEL])[0])
    return np.array(labels)[which.ravel()] if labels else np.array([], dtype=str)
