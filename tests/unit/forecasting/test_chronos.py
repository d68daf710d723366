"""Chronos over the bundled checkpoint, and over weights that are missing, broken or out of reach."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecasting.models.chronos import Chronos
from forecasting.models.protocol import to_cube
from forecasting.panel import Panel
from retail.errors import ForecastError
from retail.settings import BUNDLED_CHECKPOINT
from retail.vocabulary import QUANTILE_LEVELS


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
    shutil.copytree(BUNDLED_CHECKPOINT, folder)
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
    shutil.copytree(BUNDLED_CHECKPOINT, repository / "snapshots" / "abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    made = panel(2)
    table = Chronos("someone/weights").predict(made, 7, QUANTILE_LEVELS)
    assert np.isfinite(to_cube(table, made, 7, QUANTILE_LEVELS)).all()
    assert no_network == []
