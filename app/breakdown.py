"""A metric by any of its dimensions, with the change against another period."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import charts, components, formats
from app.data import Row, Shop
from app.filters import Filters
from app.periods import Period
from metrics import Column, Result

_DEFAULT = "department"
_BARS = 12
_ROWS = 500


def show(shop: Shop, filters: Filters, before: Period, name: str) -> None:
    """Draw the metric by the dimension that is picked."""
    metric = shop.catalogue.metric(name)
    dimensions = [name for name in metric.dimensions if name in shop.catalogue.dimensions]
    by = st.selectbox(
        "By",
        dimensions,
        index=dimensions.index(_DEFAULT) if _DEFAULT in dimensions else 0,
        format_func=lambda dimension: shop.catalogue.dimensions[dimension].label,
        key="sales_dimension",
        persist_state="session",
        width=240,
    )
    now = _by(shop, filters, filters.period, name, by)
    if not now.rows:
        components.empty("Nothing was sold with these filters.")
        return
    then = {row[by]: row[name] for row in _by(shop, filters, before, name, by).rows}
    rows = [
        {
            by: row[by] if row[by] is not None else f"No {shop.catalogue.dimensions[by].label.lower()}",
            name: row[name],
            "before": then.get(row[by]),
            "change": _change(row[name], then.get(row[by])),
        }
        for row in now.rows
    ]
    left, right = st.columns(2, gap="medium")
    with left:
        _bars(shop, rows, by, name)
    with right:
        columns = (
            *now.columns,
            Column("before", "Before", metric.unit, "metric"),
            Column("change", "Change", "ratio", "metric"),
        )
        components.table(rows, columns, shop.currency, f"{name}-by-{by}", alt=f"{metric.label} by {by}")
    components.warnings(now)


def _by(shop: Shop, filters: Filters, period: Period, name: str, by: str) -> Result:
    return shop.query(
        name,
        by=(by,),
        where=filters.where(),
        first=period.first,
        last=period.last,
        order_by=(f"-{name}",),
        limit=_ROWS,
    )


def _bars(shop: Shop, rows: list[Row], by: str, name: str) -> None:
    metric = shop.catalogue.metric(name)
    frame = pd.DataFrame([row for row in rows if (formats.as_float(row[name]) or 0) > 0][:_BARS], columns=[by, name])
    frame["label"] = frame[by].astype(str)
    frame["amount"] = pd.to_numeric(frame[name])
    unit = f" ({shop.currency})" if metric.unit == "currency" else ""
    chart = charts.bars(
        frame[["label", "amount"]],
        "label",
        "amount",
        title=f"{metric.label}{unit}",
        fmt=".1%" if metric.unit == "ratio" else ",.0f",
    )
    st.altair_chart(chart, alt=f"{metric.label} by {by}, the largest")
    if len(rows) > _BARS:
        st.caption(f"The largest {_BARS} of {formats.number(len(rows))}; the table has the rest.")


def _change(now: object, then: object) -> float | None:
    new, old = formats.as_float(now), formats.as_float(then)
    return None if new is None or old is None or old <= 0 else (new - old) / old
