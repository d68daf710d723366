"""Pictures for those who plan: when things run out, what an order costs, how models compare."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from app.charts import GREY, HEIGHT, WARNING, legend, time_axis, tooltip, value_axis

_ROW = 30
_SURE = "#14a394"
_LABEL_WIDTH = 190
_DAY = "%a %-d %b %Y"
COSTS = {
    "total_amount": "Together",
    "shortage_amount": "Missed sales",
    "holding_amount": "Keeping",
    "waste_amount": "Waste",
}
"""Columns of a cost curve and what they are called."""


def stockout_dates(frame: pd.DataFrame, today: pd.Timestamp) -> alt.LayerChart:
    """When each product runs out: a bar from the early to the late date, a dot in the middle, the next delivery.

    Args:
        frame: `name`, `early`, `middle`, `late`, `late_shown` (the end of the picture where late is not known),
            `receipt`; in the order in which to show them. Dates that are not known are NaT.
        today: Marked by a line.
    """
    y = alt.Y(
        "name", type="nominal", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL_WIDTH, ticks=False, domain=False)
    )
    shown = tooltip(
        ("name", "Product", None),
        ("early", "1 in 10: out by", _DAY),
        ("middle", "Even chance: out by", _DAY),
        ("late", "9 in 10: out by", _DAY),
        ("receipt", "Next delivery", _DAY),
    )
    base = alt.Chart(frame).encode(y=y, tooltip=shown)
    bars = base.mark_bar(height=8, cornerRadius=4, color=WARNING, opacity=0.35).encode(
        x=time_axis("early", "day"), x2="late_shown"
    )
    middle = base.mark_circle(size=90, color=WARNING, opacity=1).encode(x=time_axis("middle", "day"))
    receipts = base.mark_tick(color=_SURE, thickness=3, height=18).encode(x=time_axis("receipt", "day"))
    now = (
        alt.Chart(pd.DataFrame({"today": [today]}))
        .mark_rule(color=GREY, strokeDash=[3, 3])
        .encode(x=time_axis("today", "day"), tooltip=tooltip(("today", "Today", _DAY)))
    )
    chart = alt.LayerChart(layer=[now, bars, middle, receipts])
    return chart.properties(height=_ROW * max(len(frame), 2) + 40)


def cost_curve(frame: pd.DataFrame, quantity: float, *, title: str, label: str) -> alt.LayerChart:
    """Expected cost by quantity, as a whole and by what it is made of, with the quantity that is proposed.

    Args:
        frame: `order_quantity` and the columns of `COSTS`.
        quantity: The quantity to mark.
        title: Title of the cost axis, with its unit.
        label: What the mark is.
    """
    parts = [column for column in COSTS if frame[column].abs().max() > 0]
    rows = frame.melt("order_quantity", parts, "part", "amount").assign(part=lambda long: long["part"].map(COSTS))
    order = [COSTS[part] for part in parts]
    x = alt.X(
        "order_quantity",
        type="quantitative",
        title="Units ordered",
        axis=alt.Axis(grid=False, format=",~f", tickCount=8),
    )
    curves = (
        alt.Chart(rows)
        .mark_line(interpolate="monotone")
        .encode(
            x=x,
            y=alt.Y("amount", type="quantitative", title=title, axis=value_axis(",.2f"), scale=alt.Scale(zero=True)),
            color=alt.Color("part", type="nominal", legend=legend(), scale=alt.Scale(domain=order)),
            strokeWidth=alt.condition(alt.datum.part == order[0], alt.value(6), alt.value(1.8)),
            opacity=alt.condition(alt.datum.part == order[0], alt.value(0.45), alt.value(1)),
            tooltip=tooltip(("part", "Cost", None), ("order_quantity", "Units", ",.1f"), ("amount", title, ",.2f")),
        )
    )
    mark = pd.DataFrame({"order_quantity": [quantity], "label": [f"{label}: {quantity:,g}"]})
    rule = alt.Chart(mark).mark_rule(color=WARNING, strokeDash=[4, 3], strokeWidth=1.6).encode(x=x)
    words = (
        alt.Chart(mark)
        .mark_text(align="left", dx=5, color=WARNING, baseline="top")
        .encode(x=x, y=alt.value(4), text="label")
    )
    chart: alt.LayerChart = curves + rule + words
    return chart.properties(height=HEIGHT - 70)


def dots(frame: pd.DataFrame, x: str, y: str, color: str, *, title: str, order: Sequence[str], best: str) -> alt.Chart:
    """One row of dots per class, a dot per model; the model named `best` is strong.

    Args:
        frame: Columns named by `x` (number), `y` (class) and `color` (model).
        x: Value above zero, lower being better; drawn by ratio.
        y: Class, in the order of the frame.
        color: Model.
        title: Title of the value axis.
        order: Models, in the order of their colours.
        best: The model to bring out.
    """
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_circle(opacity=0.9)
        .encode(
            x=alt.X(x, type="quantitative", title=title, axis=value_axis(",.2f"), scale=alt.Scale(type="log", base=2)),
            y=alt.Y(y, type="nominal", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL_WIDTH, ticks=False)),
            color=alt.Color(color, type="nominal", scale=alt.Scale(domain=list(order)), legend=_wrapped_legend()),
            size=alt.condition(alt.datum[color] == best, alt.value(170), alt.value(70)),
            tooltip=tooltip((color, "Model", None), (y, "Segment", None), (x, title, ",.3f")),
        )
        .properties(height=_ROW * max(frame[y].nunique(), 2) + 130)
    )
    return chart


def _wrapped_legend() -> alt.Legend:
    return alt.Legend(title=None, orient="top", columns=3, labelLimit=220, symbolType="circle")
