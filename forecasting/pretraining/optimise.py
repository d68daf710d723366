"""Optimizers, the learning rate's course and the moving average of the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecasting.pretraining.config import Config

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


def optimizers(model: nn.Module, config: Config) -> list[Optimizer]:
    """Muon for the matrices inside the blocks, AdamW for everything else (embeddings, norms, biases, both ends).

    Muon's updates are scaled to AdamW's (`match_rms_adamw`, Liu et al. 2025), so both share a learning rate.
    """
    import torch

    inner: list[nn.Parameter] = []
    positions: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, weight in model.named_parameters():
        if "relative_attention_bias" in name:
            positions.append(weight)
        else:
            (inner if weight.ndim == 2 and ".block." in name else rest).append(weight)
    return [
        torch.optim.Muon(
            inner, lr=config.learning_rate, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(
            [{"params": rest, "pace": 1.0}, {"params": positions, "pace": config.position_pace}],
            lr=config.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=0.0,
        ),
    ]


def learning_rate(step: int, config: Config) -> float:
    """Learning rate of a step: a linear rise, a plateau and a linear fall to nothing."""
    rise = min(1.0, (step + 1) / config.warm_up)
    fall = min(1.0, (config.steps - step) / config.decay)
    return config.learning_rate * min(rise, max(fall, 0.0))
