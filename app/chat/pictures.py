"""The pictures of answers: what they show follows from the kinds of picture and columns, never from code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import altair as alt
import pandas as pd

from app import charts
from app.assistant.findings import Chart, Findings
from app.charts import HEIGHT
from app.chat.drawing import (
    MOST_BARS,
    Picture,
    bars_height,
    format_of,
    frame_of,
    labels_of,
    measured,
    moment,
    names,
    sideways,
    through_time,
    title_of,
    together,
    upwards,
)
from app.chat.planning_pictures import bridge, interval, risk
from metrics import Column
from metrics.catalogue import GRAINS

MOST_LINES: Final = 8
_LEGEND_COLUMNS: Final = 2
_LEGEND_ROW: Final = 24
_LEGEND_WIDTH: Final = 110


def picture(found: Findings, currency: str) -> Picture | None:
    """The picture that goes with findings; none where there is nothing to picture."""
    draw = DRAWN.get(found.chart)
    return draw(found, currency) if draw is not None and found.rows else None


def _bars(found: Findings, currency: str) -> Picture | None:
    labels, value = labels_of(found.columns), measured(found)
    if value is None or not labels or len(found.rows) < 2:
        return None
    frame = frame_of(found.rows[:MOST_BARS], labels, value)
    title, fmt = title_of(value, currency), format_of(value)
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=3, height={"band": 0.68})
        .encode(
            y=names(),
            x=sideways("value", title, fmt),
            tooltip=charts.tooltip(("label", together(labels), None), ("value", title, fmt)),
        )
        .properties(height=bars_height(len(frame)))
    )
    return Picture(chart, f"{value.label}: {together(labels)}", len(frame), len(found.rows))


def _lines(found: Findings, currency: str) -> Picture | None:
    time = next((column for column in found.columns if column.name in (*GRAINS, "hour")), None)
    value = measured(found)
    if time is None or value is None or len({row[time.name] for row in found.rows}) < 2:
        return _bars(found, currency)
    rest = [column for column in labels_of(found.columns) if column.name != time.name]
    frame = frame_of(found.rows, rest, value)
    times = [row[time.name] for row in found.rows]
    frame["when"] = times if time.name == "hour" else pd.to_datetime(pd.Series(times, dtype=object))
    order = list(dict.fromkeys(frame["label"]))
    frame = frame[frame["label"].isin(order[:MOST_LINES])]
    frame["words"] = [moment(when, time.name) for when in frame["when"]]
    drawn = _one_line(frame, time.name, value, currency) if not rest else _many_lines(frame, time.name, value, currency)
    what = f"{value.label}: {together([time, *rest])}"
    return Picture(drawn, what, min(len(order), MOST_LINES), len(order), is_of_lines=True)


def _one_line(frame: pd.DataFrame, grain: str, value: Column, currency: str) -> alt.Chart:
    title, fmt = title_of(value, currency), format_of(value)
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_area(line=True, point=len(frame) <= 31, opacity=0.2, interpolate="monotone")
        .encode(
            x=through_time(frame, grain),
            y=upwards("value", title, fmt),
            tooltip=charts.tooltip(("words", "", None), ("value", title, fmt)),
        )
        .properties(height=HEIGHT - 40)
    )
    return chart


def _many_lines(frame: pd.DataFrame, grain: str, value: Column, currency: str) -> alt.Chart:
    title, fmt = title_of(value, currency), format_of(value)
    order = list(dict.fromkeys(frame["label"]))
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_line(interpolate="monotone", point=True)
        .encode(
            x=through_time(frame, grain),
            y=upwards("value", title, fmt),
            color=alt.Color(
                "label",
                type="nominal",
                scale=alt.Scale(domain=order),
                legend=alt.Legend(title=None, orient="top", columns=_LEGEND_COLUMNS, labelLimit=_LEGEND_WIDTH),
            ),
            tooltip=charts.tooltip(("label", "", None), ("words", "", None), ("value", title, fmt)),
        )
        .properties(height=HEIGHT + _LEGEND_ROW * math.ceil(len(order) / _LEGEND_COLUMNS))
    )
    return chart


DRAWN: Final[Mapping[Chart, Callable[[Findings, str], Picture | None]]] = {
    Chart.BARS: _bars,
    Chart.LINES: _lines,
    Chart.BRIDGE: bridge,
    Chart.RISK: risk,
    Chart.INTERVAL: interval,
}
