"""Pictures of what changed, of what may run out, and of what is expected with its spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from app import charts
from app.assistant.findings import Findings
from app.charts import HEIGHT, WARNING
from app.chat.drawing import (
    MOST_BARS,
    Picture,
    bars_height,
    format_of,
    frame_of,
    joined,
    names,
    sideways,
    title_of,
    together,
    upwards,
)
from metrics.result import Row

_MORE, _LESS = "#14a394", WARNING
_SHARE: Final = ".0%"


def bridge(found: Findings, currency: str) -> Picture | None:
    """What each driver adds or takes, as bars to the right and to the left of nothing."""
    columns = {column.name: column for column in found.columns}
    driver, value = columns.get("driver"), columns.get("contribution")
    if driver is None or value is None:
        return None
    rows = _parts(found.rows)
    frame = frame_of(rows, [driver], value).dropna(subset=["value"])
    frame["kind"] = ["+" if amount >= 0 else "-" for amount in frame["value"]]
    title, fmt = title_of(value, currency), format_of(value)
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=3, height={"band": 0.68})
        .encode(
            y=names(),
            x=sideways("value", title, fmt),
            color=alt.Color(
                "kind", type="nominal", legend=None, scale=alt.Scale(domain=["+", "-"], range=[_MORE, _LESS])
            ),
            tooltip=charts.tooltip(("label", driver.label, None), ("value", title, f"+{fmt}")),
        )
        .properties(height=bars_height(len(frame)))
    )
    return Picture(chart, f"{value.label}: {driver.label}", len(frame), len(frame))


def _parts(rows: Sequence[Row]) -> Sequence[Row]:
    """The parts of the change: of several ways to split it, the one that comes after the total."""
    splits = list(dict.fromkeys(row.get("split") for row in rows))
    return [row for row in rows if row.get("split") == splits[1]] if len(splits) > 1 else rows


def risk(found: Findings, currency: str) -> Picture | None:  # noqa: ARG001  every picture is given the same
    """How likely each product is to run out, from never to surely."""
    columns = {column.name: column for column in found.columns}
    chance = columns.get("risk")
    labels = [columns[name] for name in ("product", "store") if name in columns]
    if chance is None or not labels:
        return None
    frame = frame_of(found.rows[:MOST_BARS], labels, chance).dropna(subset=["value"])
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=3, height={"band": 0.68}, color=WARNING)
        .encode(
            y=names(),
            x=alt.X(
                "value",
                type="quantitative",
                title=chance.label,
                axis=charts.value_axis(_SHARE),
                scale=alt.Scale(domain=[0, 1]),
            ),
            tooltip=charts.tooltip(("label", together(labels), None), ("value", chance.label, _SHARE)),
        )
        .properties(height=bars_height(len(frame)))
    )
    return Picture(chart, f"{chance.label}: {together(labels)}", len(frame), len(found.rows))


def interval(found: Findings, currency: str) -> Picture | None:
    """What is expected, with low and high: a band over time, else a bar per row."""
    columns = {column.name: column for column in found.columns}
    if not {"low", "expected", "high"} <= columns.keys():
        return None
    first, middle = found.columns[0], columns["expected"]
    rows = found.rows if first.unit == "date" else found.rows[:MOST_BARS]
    frame = pd.DataFrame(
        {
            "label": joined(rows, [first]),
            **{name: pd.to_numeric(pd.Series([row[name] for row in rows])) for name in ("low", "expected", "high")},
        }
    )
    title, fmt = title_of(middle, currency), format_of(middle)
    shown = [(name, columns[name].label, fmt) for name in ("low", "expected", "high")]
    if first.unit == "date":
        frame["when"] = pd.to_datetime(pd.Series([row[first.name] for row in rows], dtype=object))
        return Picture(_band(frame, title, fmt, shown), title, len(rows), len(rows))
    base = alt.Chart(frame).encode(y=names(), tooltip=charts.tooltip(("label", first.label, None), *shown))
    spread = base.mark_bar(height=8, cornerRadius=4, opacity=0.35).encode(
        x=sideways("low", title, fmt),
        x2="high",
    )
    middles = base.mark_circle(size=90, opacity=1).encode(x=alt.X("expected", type="quantitative", title=title))
    chart: alt.LayerChart = (spread + middles).properties(height=bars_height(len(frame)))
    return Picture(chart, title, len(frame), len(found.rows))


def _band(frame: pd.DataFrame, title: str, fmt: str, shown: Sequence[tuple[str, str, str]]) -> alt.LayerChart:
    base = alt.Chart(frame).encode(
        x=charts.time_axis("when", "day"), tooltip=charts.tooltip(("when", "", "%a %-d %b %Y"), *shown)
    )
    spread = base.mark_area(opacity=0.25).encode(y=upwards("low", title, fmt), y2="high")
    middle = base.mark_line(point=True).encode(y=upwards("expected", title, fmt))
    chart: alt.LayerChart = (spread + middle).properties(height=HEIGHT - 40)
    return chart
