"""Training: goes on after a kill as if there had been none, follows its schedule, and exports what Chronos loads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from forecasting.pretraining.config import Config, read_config
from forecasting.pretraining.export import export
from forecasting.pretraining.model import build
from forecasting.pretraining.optimise import learning_rate
from forecasting.pretraining.series.mixture import MIXTURES
from forecasting.pretraining.train import CURVE, Run
from forecasting.pretraining.validation import Validation, scaled_loss
from retail.errors import ForecastError
from retail.vocabulary import QUANTILE_LEVELS

torch = pytest.importorskip("torch")
CONFIGS = Path(__file__).parents[4] / "forecasting" / "pretraining" / "config"


class _Killed(Exception):
    pass


@pytest.fixture(autouse=True)
def _few_validation_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecasting.pretraining.validation._SERIES", 16)


def test_a_killed_run_goes_on_as_if_it_had_not_been(
    tiny: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Run(tiny, tmp_path / "whole")
    whole.go_on()
    killed = Run(tiny, tmp_path / "killed")
    take_step = killed._take_step

    def die_at_five(parts: list[tuple[torch.Tensor, torch.Tensor]]) -> float:
        if killed.step == 5:
            raise _Killed
        return take_step(parts)

    monkeypatch.setattr(killed, "_take_step", die_at_five)
    with pytest.raises(_Killed):
        killed.go_on()
    resumed = Run.load(tmp_path / "killed")
    assert resumed.step == 4
    resumed.go_on()
    for name, value in whole.averaged().state_dict().items():
        torch.testing.assert_close(resumed.averaged().state_dict()[name], value, rtol=0, atol=0)
    assert [point["step"] for point in resumed.curve] == [4, 8]
    assert json.loads((tmp_path / "killed" / CURVE).read_text())[-1]["step"] == 8


def test_a_resumed_run_can_be_given_more_steps(tiny: Config, tmp_path: Path) -> None:
    Run(tiny, tmp_path).go_on()
    longer = Run.load(tmp_path, steps=10)
    longer.go_on()
    assert (longer.step, longer.curve[-1]["step"]) == (10, 10)


def test_a_folder_without_a_state_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ForecastError, match="Start one with `train`"):
        Run.load(tmp_path)


def test_the_learning_rate_rises_stays_and_falls_to_nothing(tiny: Config) -> None:
    rates = [learning_rate(step, tiny) for step in range(9)]
    assert rates[:2] == [0.005, 0.01]
    assert rates[2:6] == [0.01] * 4
    assert rates[6] > rates[7] > rates[8] == 0


def test_an_export_loads_in_chronos_and_forecasts_what_the_run_does(tiny: Config, tmp_path: Path) -> None:
    from chronos import BaseChronosPipeline

    run = Run(tiny, tmp_path / "run")
    run.go_on()
    export(run, tmp_path / "checkpoint")
    pipeline = BaseChronosPipeline.from_pretrained(tmp_path / "checkpoint")
    history = torch.from_numpy(np.random.default_rng(0).poisson(5, (3, 52)).astype(np.float32))
    quantiles, _ = pipeline.predict_quantiles(history, prediction_length=8, quantile_levels=list(QUANTILE_LEVELS))
    with torch.no_grad():
        own = run.averaged()(context=history).quantile_preds.transpose(1, 2)
    torch.testing.assert_close(quantiles, own, rtol=0.01, atol=0.05)
    assert pipeline.inner_model.dtype == torch.float32
    assert (tmp_path / "checkpoint" / "learning_curve.png").stat().st_size > 1000


def test_heads_start_at_the_distances_that_the_shape_names(tiny: Config) -> None:
    shape = tiny.shape.model_copy(update={"looks_back": [3]})
    bias = build(shape).encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight
    assert bias[:, 0].argmax() == 3
    assert bias[:, 1].abs().max() < 1


def test_validation_sets_are_the_same_every_time_and_differ_from_each_other(tiny: Config) -> None:
    first, again = Validation(tiny), Validation(tiny)
    for name in ("same", "other"):
        np.testing.assert_array_equal(first.sets[name][0], again.sets[name][0])
    assert not np.array_equal(first.sets["same"][1], first.sets["other"][1], equal_nan=True)


def test_scaled_loss_of_a_perfect_forecast_is_zero_and_of_a_constant_error_known() -> None:
    history = np.tile([1.0, 3.0], (1, 10))
    future = np.array([[1.0, 3.0]])
    perfect = np.repeat(future[..., None], 9, axis=-1)
    assert scaled_loss(history, future, perfect, season=20) == 0
    assert scaled_loss(history, future, perfect + 1, season=20) == pytest.approx(2 * 0.5 / 2)


@pytest.mark.parametrize("name", ["daily", "daily_next", "weekly"])
def test_the_shipped_configurations_are_valid(name: str) -> None:
    config = read_config(CONFIGS / f"{name}.yaml")
    assert {config.mixture, config.later_mixture or config.mixture} <= set(MIXTURES)
    assert config.warm_up + config.decay < config.steps


def test_a_broken_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("mixture: daily\nsteps: many\n")
    with pytest.raises(ForecastError, match="holds no training configuration"):
        read_config(tmp_path / "bad.yaml")


def test_the_bundled_checkpoints_are_small_and_say_what_they_are_not() -> None:
    folder = CONFIGS.parent.parent / "checkpoints"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 20_000_000
    for name in ("bolt-daily", "bolt-weekly"):
        assert "not Amazon's" in (folder / name / "README.md").read_text()
