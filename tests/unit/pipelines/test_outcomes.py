"""What a step that went well tells of itself in the run log."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from forecasting.replenishment.run import ReplenishReport
from forecasting.run import ForecastReport
from pipelines import forecast, replenish
from retail.settings import Settings
from retail.workspace import Workspace

NOTE = "chronos did not serve: no weights."


def test_what_a_reader_should_know_of_a_forecast_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = ForecastReport("r1", date(2024, 6, 30), 28, series={"product_store": 8}, notes=[NOTE])
    monkeypatch.setattr(forecast, "forecast", lambda *_, **__: report)
    outcome = forecast.forecast_or_keep(Workspace(tmp_path), Settings(), run_id="r1")
    assert outcome.message == f"8 series; {NOTE}"


def test_what_a_reader_should_know_of_the_drafts_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = ReplenishReport("r1", drafts={"order": 3}, notes=["2 orders did not fit into the day's budget."])
    monkeypatch.setattr(replenish, "replenish", lambda *_, **__: report)
    outcome = replenish.replenish_or_keep(Workspace(tmp_path), Settings(), run_id="r1")
    assert outcome.message == "3 drafts; 2 orders did not fit into the day's budget."
