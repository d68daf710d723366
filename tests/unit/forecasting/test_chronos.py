"""Chronos over the bundled checkpoint, and over weights that are missing, broken or out of reach."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecasting.frequency import FREQUENCIES
from forecasting.models import chronos
from forecasting.models.chronos import Chronos
from forecasting.models.protocol import to_cube
from forecasting.panel import Panel
from retail.errors import ForecastError
from retail.settings import BUNDLED_CHECKPOINTS
from retail.vocabulary import QUANTILE_LEVELS

DAILY_CHECKPOINT = BUNDLED_CHECKPOINTS / chronos.SIBLING["D"]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Any attempt to reach a host fails, and is kept."""
    tried: list[Any] = []

    def refuse(address: Any, *_: Any, **__: Any) -> socket.socket:
        tried.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: refuse(address))
    return tried


def test_the_bundled_checkpoint_forecasts_hostile_series_without_a_network(
    panel: Callable[..., Panel], no_network: list[Any]
) -> None:
    made = panel(series=6, days=600)
    made.units[0] = 0
    made.units[1, :-1] = np.nan
    made.in_stock[2, ::2] = False
    made.in_stock[3] = False
    made.units[4, 300] = 1e6
    model = Chronos()
    cube = to_cube(model.predict(made, 28, QUANTILE_LEVELS), made, 28, QUANTILE_LEVELS)
    assert model.name == "bundled"
    assert np.isfinite(cube).all()
    assert cube[0].max() == pytest.approx(0, abs=1e-2)
    assert cube[5, :, 4].mean() == pytest.approx(made.units[5, -28:].mean(), rel=0.3)
    assert no_network == []
    again = to_cube(model.predict(made, 28, QUANTILE_LEVELS), made, 28, QUANTILE_LEVELS)
    assert (cube == again).all()


def test_an_empty_folder_holds_no_weights(panel: Callable[..., Panel], tmp_path: Path) -> None:
    with pytest.raises(ForecastError, match=r"no config\.json"):
        Chronos(str(tmp_path)).predict(panel(2), 7, QUANTILE_LEVELS)


def test_a_folder_that_does_not_exist_is_not_looked_for_on_the_hub(
    panel: Callable[..., Panel], tmp_path: Path, no_network: list[Any]
) -> None:
    with pytest.raises(ForecastError, match="holds no Chronos weights"):
        Chronos(str(tmp_path / "no" / "folder")).predict(panel(2), 7, QUANTILE_LEVELS)
    assert no_network == []


@pytest.mark.parametrize("damage", ["truncated", "other architecture", "broken config"])
def test_a_corrupt_checkpoint_is_an_error_that_names_the_folder(
    panel: Callable[..., Panel], tmp_path: Path, damage: str, no_network: list[Any]
) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(DAILY_CHECKPOINT, folder)
    if damage == "truncated":
        weights = folder / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:1_000_000])
    elif damage == "other architecture":
        (folder / "config.json").write_text('{"model_type": "t5", "architectures": ["T5Model"]}')
    else:
        (folder / "config.json").write_text("{")
    with pytest.raises(ForecastError, match="cannot be loaded") as caught:
        Chronos(str(folder)).predict(panel(2), 7, QUANTILE_LEVELS)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert no_network == []


def test_an_unreachable_hub_is_said_at_once(panel: Callable[..., Panel], no_network: list[Any]) -> None:
    model = Chronos("amazon/chronos-bolt-tiny")
    assert model.name == "chronos-bolt-tiny"
    with pytest.raises(ForecastError, match="out of reach"):
        model.predict(panel(2), 7, QUANTILE_LEVELS)
    assert len(no_network) == 1


def test_weights_fetched_before_serve_without_asking_the_hub(
    panel: Callable[..., Panel], tmp_path: Path, no_network: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    repository = tmp_path / "models--someone--weights"
    shutil.copytree(DAILY_CHECKPOINT, repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    made = panel(2)
    table = Chronos("someone/weights").predict(made, 7, QUANTILE_LEVELS)
    assert np.isfinite(to_cube(table, made, 7, QUANTILE_LEVELS)).all()
    assert no_network == []


@pytest.mark.parametrize("code", ["D", "W", "M"])
def test_the_bundled_checkpoint_is_the_one_made_for_the_length_of_a_period(
    panel: Callable[..., Panel], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    open_weights = chronos.open_weights
    monkeypatch.setattr(chronos, "open_weights", lambda weights: opened.append(weights) or open_weights(weights))
    Chronos().predict(replace(panel(2), frequency=FREQUENCIES[code]), 3, QUANTILE_LEVELS)
    assert opened == [str(BUNDLED_CHECKPOINTS / chronos.SIBLING[code])]


def test_series_of_different_lengths_are_forecast_as_if_alone(panel: Callable[..., Panel]) -> None:
    made = panel(series=5, days=300)
    made.units[1, :200] = np.nan
    made.units[3, :290] = np.nan
    model = Chronos()
    together = to_cube(model.predict(made, 14, QUANTILE_LEVELS), made, 14, QUANTILE_LEVELS)
    for row in range(5):
        alone = made.take(np.array([row]))
        cube = to_cube(model.predict(alone, 14, QUANTILE_LEVELS), alone, 14, QUANTILE_LEVELS)
        assert cube[0] == pytest.approx(together[row], rel=1e-3, abs=1e-4)


def test_where_memory_runs_out_fewer_series_go_at_once(
    panel: Callable[..., Panel], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, model = panel(series=6), Chronos()
    expected = model.predict(made, 7, QUANTILE_LEVELS)
    pipeline = next(iter(model._pipelines.values()))
    forecast = pipeline.predict_quantiles

    def scarce(inputs: list[Any], **options: Any) -> Any:
        if len(inputs) > 2:
            raise MemoryError("no memory in this test")
        return forecast(inputs, **options)

    monkeypatch.setattr(pipeline, "predict_quantiles", scarce)
    monkeypatch.setattr(chronos, "_CPU_BATCH", 6)
    found = model.predict(made, 7, QUANTILE_LEVELS)
    assert found["q50"].to_numpy() == pytest.approx(expected["q50"].to_numpy(), rel=1e-3, abs=1e-4)


def test_without_any_memory_the_model_is_left_out(panel: Callable[..., Panel], monkeypatch: pytest.MonkeyPatch) -> None:
    made, model = panel(series=2), Chronos()
    model.predict(made, 7, QUANTILE_LEVELS)

    def none(*_: Any, **__: Any) -> Any:
        raise MemoryError("no memory in this test")

    monkeypatch.setattr(next(iter(model._pipelines.values())), "predict_quantiles", none)
    with pytest.raises(ForecastError, match="no memory in this test"):
        model.predict(made, 7, QUANTILE_LEVELS)


def test_a_long_history_and_a_long_horizon_are_forecast(panel: Callable[..., Panel]) -> None:
    made = panel(series=1, days=20 * 365)
    cube = to_cube(Chronos().predict(made, 100, QUANTILE_LEVELS), made, 100, QUANTILE_LEVELS)
    assert np.isfinite(cube).all()


def test_chronos_2_weights_get_the_known_covariates(panel: Callable[..., Panel], tmp_path: Path) -> None:
    made = panel(series=3, days=70)
    made.units[1, :30] = np.nan
    flag = (np.arange(84) % 5 == 0).astype(np.float32)[None, :].repeat(3, axis=0)
    made = replace(made, known={"is_promoted": flag})
    model = Chronos(str(_tiny_chronos_2(tmp_path / "tiny")))
    promoted = to_cube(model.predict(made, 14, QUANTILE_LEVELS), made, 14, QUANTILE_LEVELS)
    other = made.known["is_promoted"].copy()
    other[:, 70:] = 1 - other[:, 70:]
    changed = replace(made, known={"is_promoted": other})
    assert np.isfinite(promoted).all()
    assert (promoted != to_cube(model.predict(changed, 14, QUANTILE_LEVELS), changed, 14, QUANTILE_LEVELS)).any()


def _tiny_chronos_2(folder: Path) -> Path:
    """A Chronos-2 model with random weights: what it says is nonsense, how it is asked is real."""
    from chronos.chronos2.config import Chronos2CoreConfig
    from chronos.chronos2.model import Chronos2Model

    config = Chronos2CoreConfig(
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        initializer_factor=1.0,
        chronos_config={
            "context_length": 128,
            "input_patch_size": 7,
            "input_patch_stride": 7,
            "output_patch_size": 7,
            "quantiles": list(QUANTILE_LEVELS),
            "use_reg_token": True,
            "use_arcsinh": True,
            "max_output_patches": 4,
        },
        architectures=["Chronos2Model"],
        chronos_pipeline_class="Chronos2Pipeline",
    )
    Chronos2Model(config).save_pretrained(folder)
    return folder
