"""The model to train: Chronos-Bolt's architecture (patched T5 with quantile head), small, with random weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecasting.pretraining.config import Shape
from retail.vocabulary import QUANTILE_LEVELS

if TYPE_CHECKING:
    from chronos.chronos_bolt import ChronosBoltModelForForecasting

_INITIAL_SCALE = 0.1
"""Factor of T5's initial weights; larger ones learnt slower in pilots."""
_INITIAL_ATTRACTION = 5.0
"""Logit of the distance that a head starts at: about three quarters of its attention."""


def build(shape: Shape) -> ChronosBoltModelForForecasting:
    """An untrained model.

    Relative positions are told apart one by one over the whole context (T5 blurs those beyond eight), so that the
    model can look up last year's same week, which is 52 patches back in a daily series and 13 in a weekly one.
    """
    from chronos.chronos_bolt import ChronosBoltModelForForecasting
    from transformers import T5Config

    patches = -(-shape.context_length // shape.patch) + 1
    config = T5Config(
        architectures=["ChronosBoltModelForForecasting"],
        d_model=shape.width,
        d_kv=shape.width // shape.heads,
        d_ff=shape.hidden,
        num_heads=shape.heads,
        num_layers=shape.encoder_layers,
        num_decoder_layers=shape.decoder_layers,
        relative_attention_num_buckets=4 * patches,
        relative_attention_max_distance=2 * patches,
        dropout_rate=0.0,
        feed_forward_proj="relu",
        initializer_factor=_INITIAL_SCALE,
        vocab_size=2,
        pad_token_id=0,
    )
    config.use_cache = False
    config.decoder_start_token_id = 0
    config.chronos_config = {
        "context_length": shape.context_length,
        "prediction_length": shape.prediction_length,
        "input_patch_size": shape.patch,
        "input_patch_stride": shape.patch,
        "quantiles": list(QUANTILE_LEVELS),
        "use_reg_token": True,
    }
    config.chronos_pipeline_class = "ChronosBoltPipeline"
    model = ChronosBoltModelForForecasting(config)
    _look_back(model, shape.looks_back)
    return model


def _look_back(model: ChronosBoltModelForForecasting, distances: list[int]) -> None:
    """Start each head at one distance: attention finds a lag by itself, but only after thousands of steps."""
    import torch

    with torch.no_grad():
        bias = model.encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight
        for head, distance in enumerate(distances):
            bias[distance, head] = _INITIAL_ATTRACTION
