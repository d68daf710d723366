"""What the pictures of answers share: frames with column names of our own, axes, titles.

Names of products and the like are values in these frames: they are only ever drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import pandas as pd

from app import charts, formats
from app.assistant.findings import Findings
from metrics import Column

LABEL_WIDTH: Final = 150
_BETWEEN: Final = " · "
_BAR_STEP: Final = 32
_AXIS_HEIGHT: Final = 65
MOST_BARS: Final = 10
_FORMATS: Final = {"currency": ",.0f", "count": ",.0f", "ratio": ".1%"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of rows.

    Attributes:
        chart: The chart.
        alt: What it shows, for those who hear it.
        shown: How many rows or lines are pictured, of `total`.
        total: How many there are.
        is_of_lines: Whether `shown` counts lines.
    """

    chart: alt.Chart | alt.LayerChart
    alt: str
    shown: int
    total: int
    is_of_lines: bool = False


def bars_height(bars: int) -> int:
    """Height of a picture of bars with its axis, in pixels."""
    return _BAR_STEP * max(bars, 2) + _AXIS_HEIGHT


def names() -> alt.Y:
    """An axis of names in the order of the frame; of a name in several parts, each part has its line."""
    lines = f"split(datum.label, '{_BETWEEN}')"
    axis = alt.Axis(labelExpr=lines, labelLimit=LABEL_WIDTH, labelOverlap=False, ticks=False, domain=False)
    return alt.Y("label", type="nominal", sort=None, title=None, axis=axis)


def labels_of(columns: Sequence[Column]) -> list[Column]:
    """What tells rows apart."""
    return [column for column in columns if column.kind in {"dimension", "time"}]


def measured(found: Findings) -> Column | None:
    """The first metric that is known of any of the first rows, which are pictured."""
    metrics, rows = (column for column in found.columns if column.kind == "metric"), found.rows[:MOST_BARS]
    return next((c for c in metrics if any(formats.as_float(row[c.name]) is not None for row in rows)), None)


def together(columns: Sequence[Column]) -> str:
    """Several columns in one breath."""
    return _BETWEEN.join(column.label for column in columns)


def frame_of(rows: Sequence[Mapping[str, Any]], labels: Sequence[Column], value: Column) -> pd.DataFrame:
    """Columns `label` and `value`, a row per row."""
    values = pd.to_numeric(pd.Series([row[value.name] for row in rows], dtype=object), errors="coerce")
    return pd.DataFrame({"label": joined(rows, labels), "value": values})


def joined(rows: Sequence[Mapping[str, Any]], labels: Sequence[Column]) -> list[str]:
    """What each row is called."""
    return [_BETWEEN.join(_cell(row[column.name], column) for column in labels) for row in rows]


def _cell(value: Any, column: Column) -> str:
    if value is None:
        return formats.MISSING
    return moment(pd.Timestamp(value), column.name) if column.unit == "date" else str(value)


def moment(when: Any, grain: str) -> str:
    """A moment in words, as exact as the grain."""
    match grain:
        case "hour":
            return f"{int(when)}:00"
        case "week":
            return formats.week(when)
        case "month":
            return formats.month(when)
        case "year":
            return str(when.year)
        case _:
            return formats.day(when)


def title_of(column: Column, currency: str) -> str:
    """A column's label with its unit."""
    return f"{column.label} ({formats.symbol(currency)})" if column.unit == "currency" else column.label


def format_of(column: Column) -> str:
    """How a column's values look, in d3's notation."""
    return _FORMATS.get(column.unit or "", ",.1f")


def upwards(name: str, title: str, fmt: str) -> alt.Y:
    """A vertical axis of values from zero."""
    return alt.Y(name, type="quantitative", title=title, axis=charts.value_axis(fmt), scale=alt.Scale(zero=True))


def sideways(name: str, title: str, fmt: str) -> alt.X:
    """A horizontal axis of values from zero."""
    return alt.X(name, type="quantitative", title=title, axis=charts.value_axis(fmt), scale=alt.Scale(zero=True))


def through_time(frame: pd.DataFrame, grain: str) -> alt.X:
    """A horizontal axis of the column `when`; weeks are labelled by their Mondays, which no axis finds by itself."""
    if grain != "week":
        return charts.time_axis("when", grain)
    mondays = [{"year": day.year, "month": day.month, "date": day.day} for day in sorted(set(frame["when"]))]
    axis = alt.Axis(title=None, grid=False, format="%-d %b", labelOverlap=True, values=mondays)
    return alt.X("when", type="temporal", axis=axis)
