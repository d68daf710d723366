"""Charts, in Altair. Colours and fonts come from the theme, so that light and dark both read well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd

HEIGHT = 300
_BAR_STEP = 30
_BAR_SPACE = 300
_LABEL_WIDTH = 150
GREY = "#94a3b8"
WARNING = "#d97706"
_PLAIN = ",~f"

_TIME_FORMATS = {"day": "%-d %b", "week": "%-d %b", "month": "%b %Y", "quarter": "%b %Y", "year": "%Y"}


def lines(
    frame: pd.DataFrame, x: str, y: str, series: str, *, order: Sequence[str], title: str, grain: str, fmt: str = ",.0f"
) -> alt.LayerChart:
    """One line per series over time; the first series is strong, the others are thin and dashed.

    Args:
        frame: One row per point, with the columns named by `x`, `y` and `series`, and `when`: the point in words.
        x: Position in time: a date, or an hour of the day.
        y: Value.
        series: Name of the line that the point belongs to.
        order: Names of the lines, the strong one first.
        title: Title of the value axis, with its unit.
        grain: Length of a step: `hour`, `day`, `week`, `month`, `quarter` or `year`.
        fmt: How a value looks in the tooltip, in d3's notation.
    """
    scale = alt.Scale(domain=list(order))
    base = alt.Chart(frame).encode(
        x=time_axis(x, grain),
        y=alt.Y(y, type="quantitative", title=title, axis=value_axis(fmt), scale=alt.Scale(zero=True)),
        color=alt.Color(series, type="nominal", legend=legend(), scale=scale),
        tooltip=tooltip((series, "Series", None), ("when", "When", None), (y, title, fmt)),
    )
    hover = alt.selection_point(on="pointerover", nearest=True, fields=[x], empty=False, clear="pointerout")
    drawn = base.mark_line(interpolate="monotone").encode(
        strokeWidth=alt.condition(alt.datum[series] == order[0], alt.value(2.8), alt.value(1.6)),
        strokeDash=alt.StrokeDash(
            series,
            type="nominal",
            legend=None,
            scale=alt.Scale(domain=list(order), range=[[1, 0], [5, 3], [2, 3]][: len(order)]),
        ),
    )
    points = base.mark_circle(size=55).encode(opacity=alt.condition(hover, alt.value(1), alt.value(0)))
    chart: alt.LayerChart = (drawn + points.add_params(hover)).properties(height=HEIGHT)
    return chart


def area(frame: pd.DataFrame, x: str, y: str, *, title: str, grain: str, fmt: str) -> alt.Chart:
    """One value over time, from zero."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_area(line=True, opacity=0.25, interpolate="monotone")
        .encode(
            x=time_axis(x, grain),
            y=alt.Y(y, type="quantitative", title=title, axis=value_axis(fmt), scale=alt.Scale(zero=True)),
            tooltip=tooltip(("when", "When", None), (y, title, fmt)),
        )
        .properties(height=HEIGHT - 60)
    )
    return chart


def bars(frame: pd.DataFrame, label: str, y: str, *, title: str, fmt: str = ",.0f") -> alt.Chart:
    """Horizontal bars in the order of the frame, for names of any length."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=3, height={"band": 0.68})
        .encode(
            y=alt.Y(label, type="nominal", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL_WIDTH, ticks=False)),
            x=alt.X(y, type="quantitative", title=title, axis=value_axis(fmt), scale=alt.Scale(zero=True)),
            tooltip=tooltip((label, "Name", None), (y, title, fmt)),
        )
        .properties(height=_BAR_STEP * max(len(frame), 2) + 50)
    )
    return chart


def columns(
    frame: pd.DataFrame, x: str, y: str, *, title: str, x_title: str, fmt: str = ",.0f", weak: Sequence[str] = ()
) -> alt.LayerChart:
    """Vertical bars over ordered classes, in the order of the frame; classes in `weak` are shown as a warning."""
    base = alt.Chart(frame).encode(
        x=alt.X(x, type="nominal", sort=list(frame[x]), title=x_title, axis=alt.Axis(labelAngle=0, ticks=False)),
        y=alt.Y(y, type="quantitative", title=title, axis=value_axis(fmt), scale=alt.Scale(zero=True)),
        tooltip=tooltip((x, x_title, None), (y, title, fmt)),
    )
    band = {"band": 0.72}
    warned = base.transform_filter(alt.FieldOneOfPredicate(field=x, oneOf=list(weak)))
    bars_of_all = base.mark_bar(cornerRadiusEnd=3, width=band)
    chart: alt.LayerChart = bars_of_all + warned.mark_bar(cornerRadiusEnd=3, width=band, color=WARNING)
    return chart.properties(height=HEIGHT - 40)


def daily_differences(frame: pd.DataFrame, *, title: str) -> alt.Chart:
    """Bars of days, upwards for what is more than expected and downwards for what is less.

    Args:
        frame: `day`, `kind` (`More` or `Less`), `difference`.
        title: Title of the value axis, with its unit.
    """
    days = (frame["day"].max() - frame["day"].min()).days + 1
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(size=max(2.0, min(18.0, _BAR_SPACE / days)))
        .encode(
            x=time_axis("day", "day"),
            y=alt.Y("difference", type="quantitative", title=title, axis=value_axis(",.0f")),
            color=alt.Color(
                "kind", type="nominal", legend=None, scale=alt.Scale(domain=["More", "Less"], range=[GREY, WARNING])
            ),
            tooltip=tooltip(("day", "Day", "%a %-d %b %Y"), ("kind", "Here", None), ("difference", title, ",.2f")),
        )
        .properties(height=HEIGHT - 80)
    )
    return chart


def time_axis(x: str, grain: str) -> alt.X:
    """A horizontal axis of time, with labels that fit the step."""
    if grain == "hour":
        axis = alt.Axis(
            title="Hour of the day (store time)", grid=False, labelExpr="datum.value + ':00'", tickMinStep=1
        )
        return alt.X(x, type="quantitative", axis=axis, scale=alt.Scale(nice=False, zero=False))
    axis = alt.Axis(title=None, grid=False, format=_TIME_FORMATS[grain], labelOverlap=True, tickCount=8)
    return alt.X(x, type="temporal", axis=axis)


def value_axis(fmt: str) -> alt.Axis:
    """An axis of values, without lines of its own."""
    return alt.Axis(format=".0%" if "%" in fmt else _PLAIN, tickCount=5, domain=False, ticks=False)


def legend() -> alt.Legend:
    """A legend above the chart, in one row."""
    return alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        labelLimit=260,
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolDash=[1, 0],
    )


def tooltip(*fields: tuple[str, str, str | None]) -> list[alt.Tooltip]:
    """Fields as (name, title, format); without a format a field is text, with `%a` and the like a time."""
    shown = []
    for name, title, fmt in fields:
        if fmt is None:
            shown.append(alt.Tooltip(name, type="nominal", title=title))
        else:
            kind: Literal["temporal", "quantitative"] = "temporal" if fmt.startswith("%") else "quantitative"
            shown.append(alt.Tooltip(name, type=kind, title=title, format=fmt))
    return shown
