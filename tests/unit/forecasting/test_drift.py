"""When forecasts have drifted from what the last selection leads to expect."""

from __future__ import annotations

from datetime import date

import pytest

from forecasting.drift import backtest_history, evaluation_history, selected_on, wants_selection
from forecasting.tables import FORECAST_HISTORY, SCHEMAS
from forecasting.weights import Selection, Weights

TODAY = date(2024, 6, 30)


def _row(wql: float | None, segment: str = "all", model: str = "combination", series: int = 100) -> dict[str, object]:
    scores = dict.fromkeys(("mase", "wape", "bias", "coverage_10", "coverage_90"))
    return {"model_name": model, "segment": segment, "series": series, "wql": wql, **scores}


def _selection(*wql: float, segment: str = "all") -> Selection:
    windows = [{**_row(value, segment), "cutoff_date": f"2024-0{number + 1}-28"} for number, value in enumerate(wql)]
    return Selection(Weights(default={"a": 1.0}), [], None, windows)


@pytest.mark.parametrize(("wql", "drifts"), [(0.50, False), (0.56, False), (0.70, True)])
def test_an_error_beyond_what_windows_vary_is_drift(wql: float, drifts: bool) -> None:
    rows = evaluation_history([_row(wql)], _selection(0.48, 0.50, 0.52, 0.50), "r1", TODAY)
    assert [row["is_drifting"] for row in rows] == [drifts]
    assert rows[0]["expected_wql"] == pytest.approx(0.5)


def test_windows_that_vary_much_tolerate_much() -> None:
    steady, wild = _selection(0.50, 0.50, 0.50, 0.50), _selection(0.30, 0.70, 0.35, 0.65)
    assert evaluation_history([_row(0.7)], steady, "r1", TODAY)[0]["is_drifting"]
    assert not evaluation_history([_row(0.7)], wild, "r1", TODAY)[0]["is_drifting"]


def test_nothing_drifts_without_a_selection_or_with_a_handful_of_series() -> None:
    assert not evaluation_history([_row(9.0)], None, "r1", TODAY)[0]["is_drifting"]
    few = evaluation_history([_row(9.0, series=5)], _selection(0.5, 0.5, 0.5), "r1", TODAY)
    assert not few[0]["is_drifting"]
    assert not evaluation_history([_row(None)], _selection(0.5, 0.5), "r1", TODAY)[0]["is_drifting"]


def test_history_holds_the_combination_by_segment_and_other_models_over_all_series() -> None:
    accuracy = [_row(0.5), _row(0.4, "long_regular"), _row(0.6, model="tsb"), _row(0.6, "long_regular", model="tsb")]
    rows = evaluation_history(accuracy, None, "r1", TODAY)
    assert [(row["model_name"], row["segment"]) for row in rows] == [
        ("combination", "all"),
        ("combination", "long_regular"),
        ("tsb", "all"),
    ]
    assert set(SCHEMAS[FORECAST_HISTORY]) <= set(rows[0])
    assert set(SCHEMAS[FORECAST_HISTORY]) <= set(backtest_history(_selection(0.5), "r1")[0])


def test_a_selection_is_wanted_where_there_is_none_or_an_old_one_or_drift() -> None:
    steady = evaluation_history([_row(0.5)], _selection(0.5, 0.5), "r1", TODAY)
    drifting = evaluation_history([_row(0.9)], _selection(0.5, 0.5), "r1", TODAY)
    assert wants_selection(steady, TODAY, date(2024, 6, 20)) is None
    assert "No selection" in str(wants_selection(steady, TODAY, None))
    assert "60 days old" in str(wants_selection(steady, TODAY, date(2024, 5, 1)))
    assert "all" in str(wants_selection(drifting, TODAY, date(2024, 6, 20)))
    assert selected_on(_selection(0.5, 0.5)) == date(2024, 3, 27), "two windows, the last from 28 February on"
    assert selected_on(None) is None
