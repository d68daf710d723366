"""Fine-tuning: kept where it forecasts better, and otherwise nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecasting.models import fine_tuning
from forecasting.models.chronos import Chronos
from forecasting.models.fine_tuning import fine_tune
from forecasting.panel import Panel
from retail.errors import UnusableRequest
from retail.settings import BUNDLED_CHECKPOINTS
from retail.vocabulary import QUANTILE_LEVELS


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fine_tuning, "_BATCH", 8)
    monkeypatch.setattr(fine_tuning, "_CHECK_EVERY", 5)


@pytest.fixture
def odd(panel: Callable[..., Panel]) -> Panel:
    """Twelve series that sell on every third day, a season that no shop has and the checkpoint does not expect."""
    made = panel(series=12, days=252)
    units = np.where(np.arange(252) % 3 == 0, 30.0, 2.0).astype(np.float32)
    noise = np.random.default_rng(1).poisson(np.broadcast_to(units, made.units.shape)).astype(np.float32)
    return replace(made, units=noise)


def test_what_forecasts_better_is_written_and_serves(
    odd: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fine_tuning, "_WORTH", 0.0)
    report = fine_tune(odd, str(BUNDLED_CHECKPOINTS), tmp_path / "tuned", steps=10)
    assert report.is_kept
    assert report.wql_after < report.wql_before
    assert report.folder == str(tmp_path / "tuned")
    assert 0 < report.steps <= 10
    tuned = Chronos(str(tmp_path / "tuned"))
    table = tuned.predict(odd, 28, QUANTILE_LEVELS)
    assert tuned.name == "tuned"
    assert table["q50"].notna().all()
    assert (table["q50"].to_numpy() != Chronos().predict(odd, 28, QUANTILE_LEVELS)["q50"].to_numpy()).any()


def test_what_forecasts_worse_is_not_written(
    panel: Callable[..., Panel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fine_tuning, "_LEARNING_RATE", 1.0)
    report = fine_tune(panel(series=4, days=168), str(BUNDLED_CHECKPOINTS), tmp_path / "tuned", steps=3)
    assert not report.is_kept
    assert report.folder is None
    assert report.wql_after == report.wql_before
    assert not (tmp_path / "tuned").exists()


def test_a_history_too_short_to_set_its_end_aside_is_said(panel: Callable[..., Panel], tmp_path: Path) -> None:
    with pytest.raises(UnusableRequest, match="too few to fine-tune on: it takes 140"):
        fine_tune(panel(series=2, days=100), str(BUNDLED_CHECKPOINTS), tmp_path / "tuned")


def test_series_that_never_vary_teach_nothing(panel: Callable[..., Panel], tmp_path: Path) -> None:
    made = panel(series=2, days=168)
    with pytest.raises(UnusableRequest, match="No series varies enough"):
        fine_tune(replace(made, units=np.ones_like(made.units)), str(BUNDLED_CHECKPOINTS), tmp_path / "tuned", steps=1)
