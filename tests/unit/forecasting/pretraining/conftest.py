"""A configuration small enough to train in a test."""

from __future__ import annotations

import pytest

from forecasting.pretraining.config import Config, Shape


@pytest.fixture
def tiny() -> Config:
    """Two thousand weights, eight steps."""
    return Config(
        mixture="weekly",
        seed=1,
        shape=Shape(
            context_length=52,
            prediction_length=8,
            patch=4,
            width=8,
            hidden=16,
            heads=2,
            encoder_layers=1,
            decoder_layers=1,
        ),
        batch=24,
        micro_batch=8,
        steps=8,
        warm_up=2,
        decay=3,
        learning_rate=0.01,
        weight_decay=0.01,
        averaging=0.9,
        near=4,
        check_every=4,
        save_every=2,
    )
