"""Panels from long tables, also bad ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.frequency import frequency
from forecasting.panel import MAX_HISTORY
from forecasting.panel.file import panel_from_frame, read_panel_file
from retail.errors import UnusableRequest


def _frame(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unique_id", "ds", "y"]).astype({"y": float})


def test_a_missing_day_is_a_day_without_sales_and_an_explicit_null_is_unknown() -> None:
    panel = panel_from_frame(_frame(("a", "2024-01-01", 3), ("a", "2024-01-03", None), ("a", "2024-01-04", 5)))
    assert panel.units[0, :2].tolist() == [3.0, 0.0]
    assert np.isnan(panel.units[0, 2])
    assert panel.units[0, 3] == 5.0


def test_nothing_is_made_up_before_a_series_starts_or_after_it_ends() -> None:
    panel = panel_from_frame(_frame(("a", "2024-01-02", 1), ("b", "2024-01-01", 1), ("b", "2024-01-03", 1)))
    assert np.isnan(panel.units[0]).tolist() == [True, False, True]
    assert panel.history.tolist() == [2, 3]


def test_duplicated_days_add_up_and_negative_values_are_not_demand() -> None:
    panel = panel_from_frame(_frame(("a", "2024-01-01", 2), ("a", "2024-01-01", 3.5), ("a", "2024-01-02", -4)))
    assert panel.units.tolist() == [[5.5, 0.0]]


def test_infinite_values_are_unknown() -> None:
    panel = panel_from_frame(_frame(("a", "2024-01-01", 2), ("a", "2024-01-02", np.inf), ("a", "2024-01-03", 1)))
    assert np.isnan(panel.units[0, 1])


def test_days_out_of_stock_keep_their_units_and_lose_their_demand() -> None:
    frame = _frame(("a", "2024-01-01", 2), ("a", "2024-01-02", 1)).assign(stocked=[True, False])
    panel = panel_from_frame(frame, in_stock="stocked")
    assert panel.units.tolist() == [[2.0, 1.0]]
    assert np.isnan(panel.y[0, 1])
    assert panel.observed.tolist() == [1]


def test_twenty_years_of_history_are_cut_to_the_newest_days() -> None:
    dates = pd.date_range(end="2024-06-30", periods=7305)
    panel = panel_from_frame(pd.DataFrame({"unique_id": "a", "ds": dates, "y": np.arange(7305.0)}))
    assert len(panel.dates) == MAX_HISTORY
    assert panel.dates[-1] == dates[-1]
    assert panel.units[0, -1] == 7304


def test_a_series_that_ended_before_the_kept_history_is_left_out() -> None:
    old = _frame(("old", "2004-01-01", 5))
    panel = panel_from_frame(pd.concat([old, _frame(("new", "2024-01-01", 5))]))
    assert panel.unique_ids == ["new"]


@pytest.mark.parametrize(
    ("code", "dates", "expected"),
    [
        ("W", ["2024-01-01", "2024-01-08", "2024-01-22"], ["2024-01-29", "2024-02-05"]),
        ("M", ["2024-01-01", "2024-02-01", "2024-04-01"], ["2024-05-01", "2024-06-01"]),
        ("M", ["2024-01-31", "2024-02-29", "2024-04-30"], ["2024-05-31", "2024-06-30"]),
    ],
)
def test_weeks_and_months_keep_their_own_dates(code: str, dates: list[str], expected: list[str]) -> None:
    panel = panel_from_frame(_frame(*[("a", day, 1.0) for day in dates]), frequency(code))
    assert panel.units.shape == (1, 4)
    assert panel.units[0].tolist() == [1.0, 1.0, 0.0, 1.0] if code == "M" else [1.0, 1.0, 0.0, 1.0]
    assert panel.future_dates(2).strftime("%Y-%m-%d").tolist() == expected


def test_known_and_static_columns_are_kept() -> None:
    frame = _frame(("a", "2024-01-01", 2), ("a", "2024-01-02", 1)).assign(promotion=[True, False], category="Dairy")
    panel = panel_from_frame(frame, known=["promotion"], static=["category"])
    assert panel.known["promotion"].tolist() == [[1.0, 0.0]]
    assert panel.series["category"].tolist() == ["Dairy"]


@pytest.mark.parametrize(("code", "days"), [("D", 1), ("W", 7)])
def test_rows_after_the_last_known_value_carry_the_future(code: str, days: int) -> None:
    dates = pd.date_range("2024-01-01", periods=5, freq=f"{days}D").astype(str)
    values = [4.0, 5.0, 6.0, None, None]
    frame = _frame(*zip(["a"] * 5, dates, values, strict=True)).assign(promotion=[0, 1, 0, 1, 0])
    panel = panel_from_frame(frame, frequency(code), known=["promotion"])
    assert panel.units.tolist() == [[4.0, 5.0, 6.0]]
    assert panel.future_dates(2).strftime("%Y-%m-%d").tolist() == list(dates[3:])
    assert panel.future("promotion", 2).tolist() == [[1.0, 0.0]]
    assert np.isnan(panel.future("promotion", 3)[0, 2])


def test_a_series_whose_rows_end_early_has_no_values_after_them() -> None:
    rows = [("a", "2024-01-01", 4.0), ("a", "2024-01-02", None), ("b", "2024-01-02", 1.0), ("b", "2024-01-03", None)]
    panel = panel_from_frame(_frame(*rows))
    assert len(panel.dates) == 2
    assert np.isnan(panel.units).tolist() == [[False, True], [True, False]]


def test_a_single_day_and_a_spike_are_a_panel() -> None:
    panel = panel_from_frame(_frame(("day", "2024-01-03", 1), ("spike", "2024-01-01", 1), ("spike", "2024-01-03", 9e7)))
    assert panel.history.tolist() == [1, 3]
    assert panel.units[1].tolist() == [1.0, 0.0, 9e7]


def test_the_long_form_is_the_panel_again() -> None:
    frame = _frame(("a", "2024-01-02", 1), ("b", "2024-01-01", 0.5), ("b", "2024-01-02", 2))
    again = panel_from_frame(panel_from_frame(frame).frame())
    assert again.frame().equals(panel_from_frame(frame).frame())


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"unique_id": ["a"], "y": [1.0]}), "lacks the column ds"),
        (pd.DataFrame({"unique_id": ["a"], "ds": ["2024-01-01"], "y": ["many"]}), "not a number"),
        (pd.DataFrame({"unique_id": ["a"], "ds": ["someday"], "y": [1.0]}), "no date"),
        (pd.DataFrame({"unique_id": [None], "ds": ["2024-01-01"], "y": [1.0]}), "no row"),
        (pd.DataFrame({"unique_id": ["a"], "ds": ["2024-01-01"], "y": [np.inf]}), "no row"),
    ],
)
def test_what_is_no_panel_is_refused_with_the_reason(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(UnusableRequest, match=message):
        panel_from_frame(frame)


def test_a_truncated_parquet_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "panel.parquet"
    _frame(("a", "2024-01-01", 1)).to_parquet(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UnusableRequest, match="cannot be read as a panel"):
        read_panel_file(path)


def test_a_parquet_file_becomes_a_panel(tmp_path: Path) -> None:
    path = tmp_path / "it's a panel.parquet"
    _frame(("a", "2024-01-01", 1), ("a", "2024-01-02", 2)).to_parquet(path)
    assert read_panel_file(path).units.tolist() == [[1.0, 2.0]]
