"""The picture of a forecast: what was sold, what was wanted, what is expected with its spread, and what if."""

from __future__ import annotations

import altair as alt
import pandas as pd

from app.charts import GREY, HEIGHT, WARNING, time_axis, tooltip, value_axis

WHAT_IF = "#8b5cf6"
"""Colour of a scenario: unlike the forecast's, and readable on light and dark."""

_PROMOTION = "#22c55e"
_BANDS = (("q10", "q90", 0.18), ("q20", "q80", 0.18), ("q30", "q70", 0.2), ("q40", "q60", 0.2))
_HALF_A_DAY = pd.Timedelta(hours=12)


def fan(
    history: pd.DataFrame, forecast: pd.DataFrame, *, title: str, scenario: pd.DataFrame | None = None, name: str = ""
) -> alt.LayerChart:
    """Daily history with its stockouts and promotions, the forecast with its bands, and a scenario over it.

    Args:
        history: `day`, `units`, `demand` (wanted, NaN where not known), `is_stockout`, `is_promoted`.
        forecast: `day`, `q10` to `q90`.
        title: Title of the value axis, with its unit.
        scenario: `day`, `q10`, `q50`, `q90` under other conditions; null shows none.
        name: The scenario in words.
    """
    layers = [_promotions(history), *_bands(forecast, title), _wanted(history, title), _sold(history, title)]
    layers += [_middle(forecast, title), _stockouts(history, title)]
    if scenario is not None:
        layers += _scenario(scenario, title, name)
    chart = alt.LayerChart(layer=layers)
    return chart.properties(height=HEIGHT + 60)


def promotion_spans(history: pd.DataFrame) -> pd.DataFrame:
    """Stretches of consecutive days on promotion: `first`, `last`, and `start` and `end` to draw them between."""
    days = history.loc[history["is_promoted"].astype(bool), "day"]
    stretch = (days.diff() != pd.Timedelta(days=1)).cumsum()
    spans = days.groupby(stretch).agg(["min", "max"]).reset_index(drop=True).set_axis(["first", "last"], axis="columns")
    spans["start"], spans["end"] = spans["first"] - _HALF_A_DAY, spans["last"] + _HALF_A_DAY
    return spans


def _promotions(history: pd.DataFrame) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(promotion_spans(history))
        .mark_rect(color=_PROMOTION, opacity=0.14)
        .encode(
            x=time_axis("start", "day"),
            x2="end",
            tooltip=tooltip(("first", "On promotion from", "%a %-d %b %Y"), ("last", "to", "%a %-d %b %Y")),
        )
    )
    return chart


def _bands(forecast: pd.DataFrame, title: str) -> list[alt.Chart]:
    ahead = alt.Chart(forecast).encode(x=time_axis("day", "day"))
    return [
        ahead.mark_area(opacity=opacity).encode(y=_units(low, title), y2=high, tooltip=_spread())
        for low, high, opacity in _BANDS
    ]


def _middle(forecast: pd.DataFrame, title: str) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(forecast)
        .mark_line(strokeWidth=2.5)
        .encode(x=time_axis("day", "day"), y=_units("q50", title), tooltip=_spread())
    )
    return chart


def _wanted(history: pd.DataFrame, title: str) -> alt.Chart:
    """A light line; where nothing was missing it lies under the line of what was sold."""
    chart: alt.Chart = (
        alt.Chart(history)
        .mark_line(color=WARNING, opacity=0.55, strokeWidth=1.3, strokeDash=[3, 2])
        .encode(
            x=time_axis("day", "day"),
            y=_units("demand", title),
            tooltip=tooltip(("day", "Day", "%a %-d %b %Y"), ("demand", "Wanted, estimate", ",.1f")),
        )
    )
    return chart


def _sold(history: pd.DataFrame, title: str) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(history)
        .mark_line(color=GREY, strokeWidth=1.6)
        .encode(
            x=time_axis("day", "day"),
            y=_units("units", title),
            tooltip=tooltip(("day", "Day", "%a %-d %b %Y"), ("units", "Units sold", ",.0f")),
        )
    )
    return chart


def _stockouts(history: pd.DataFrame, title: str) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(history[history["is_stockout"].astype(bool)])
        .mark_point(color=WARNING, filled=True, size=45, shape="triangle-down", opacity=1)
        .encode(
            x=time_axis("day", "day"),
            y=_units("units", title),
            tooltip=tooltip(("day", "Out of stock", "%a %-d %b %Y"), ("units", "Units sold", ",.0f")),
        )
    )
    return chart


def _scenario(scenario: pd.DataFrame, title: str, name: str) -> list[alt.Chart]:
    shown = tooltip(
        ("day", name, "%a %-d %b %Y"),
        ("q10", "1 in 10 below", ",.1f"),
        ("q50", "Middle", ",.1f"),
        ("q90", "1 in 10 above", ",.1f"),
    )
    base = alt.Chart(scenario).encode(x=time_axis("day", "day"), tooltip=shown)
    edge = base.mark_line(color=WHAT_IF, strokeDash=[4, 3], strokeWidth=1.2)
    return [
        edge.encode(y=_units("q10", title)),
        edge.encode(y=_units("q90", title)),
        base.mark_line(color=WHAT_IF, strokeWidth=2.5).encode(y=_units("q50", title)),
    ]


def _units(name: str, title: str) -> alt.Y:
    return alt.Y(name, type="quantitative", title=title, axis=value_axis(",.0f"))


def _spread() -> list[alt.Tooltip]:
    return tooltip(
        ("day", "Day", "%a %-d %b %Y"),
        ("q10", "1 in 10 below", ",.1f"),
        ("q50", "Middle", ",.1f"),
        ("q90", "1 in 10 above", ",.1f"),
    )
