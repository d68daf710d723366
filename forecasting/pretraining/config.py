"""Settings of a training run, from a YAML file."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from retail.errors import ForecastError


class Shape(BaseModel):
    """Size of the model, in the words of the Chronos-Bolt architecture.

    `looks_back` says at which distance, in patches, each of the first heads of the encoder looks before training.
    """

    model_config = ConfigDict(extra="forbid")

    context_length: int
    prediction_length: int
    patch: int
    width: int
    hidden: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    looks_back: list[int] = []


class Config(BaseModel):
    """What determines a training run; two runs of one configuration see the same series in the same order.

    Attributes:
        mixture: Kinds of series to train on, a name in `series.mixture.MIXTURES`.
        later_mixture: Mixture of the steps from `later_from` on; null keeps the first.
        later_from: First step of the later mixture.
        seed: Seed of the weights and of the series.
        shape: Size of the model.
        batch: Series per step.
        micro_batch: Series per forward pass; series of like length go together, so that short ones cost little.
        steps: Steps in all.
        warm_up: Steps of rising learning rate.
        decay: Last steps, of falling learning rate.
        learning_rate: Peak learning rate, of both optimizers.
        weight_decay: Weight decay of matrices.
        position_pace: Factor of the learning rate of the relative positions' weights.
        averaging: Decay per step of the moving average of the weights that is exported.
        near: Periods ahead that half of the series are trained on; the others are on all.
        check_every: Steps between validations.
        save_every: Steps between saved states.
    """

    model_config = ConfigDict(extra="forbid")

    mixture: str
    later_mixture: str | None = None
    later_from: int = 0
    seed: int
    shape: Shape
    batch: int
    micro_batch: int
    steps: int
    warm_up: int
    decay: int
    learning_rate: float
    weight_decay: float
    position_pace: float = 1.0
    averaging: float
    near: int
    check_every: int
    save_every: int


def read_config(path: Path) -> Config:
    """Read a configuration.

    Raises:
        ForecastError: The file is missing or holds something else.
    """
    try:
        return Config.model_validate(yaml.safe_load(path.read_text()))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ForecastError(
            f"{path} holds no training configuration: {error}. Start from one in forecasting/pretraining/config."
        ) from error
