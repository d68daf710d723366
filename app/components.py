"""The few blocks that pages are built of: figures, tables with a download, empty states, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st

from app import formats
from metrics import Column, Result

ROWS_SHOWN = 10
_ROW_HEIGHT = 35


@dataclass(frozen=True, slots=True)
class Figure:
    """One large number.

    Attributes:
        label: What it is.
        value: The number with its unit, formatted.
        change: Relative change such as `+4.2%`; None shows none.
        help: What the number means.
        falling_is_good: Whether a fall is good news, as for stockouts.
    """

    label: str
    value: str
    change: str | None = None
    help: str | None = None
    falling_is_good: bool = False


def figures(shown: Sequence[Figure], at_least: int = 0) -> None:
    """Draw large numbers beside each other, two to a row on a phone, as wide as if there were `at_least` of them."""
    with st.grid(max(len(shown), at_least), min_column_width=140, gap="small"):
        for figure in shown:
            st.metric(
                figure.label,
                formats.plain(figure.value),
                figure.change,  # a sign in front decides the arrow, so nothing is escaped here
                delta_color=_color(figure),
                delta_arrow="auto" if _has_sign(figure) else "off",
                help=formats.plain(figure.help) if figure.help else None,
                border=True,
                height="stretch",
            )


def _has_sign(figure: Figure) -> bool:
    return figure.change is not None and figure.change.startswith(("+", "-"))


def _color(figure: Figure) -> Literal["normal", "inverse", "off"]:
    if not _has_sign(figure):
        return "off"
    return "inverse" if figure.falling_is_good else "normal"


def table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    currency: str,
    file_name: str,
    *,
    alt: str,
    height_rows: int = ROWS_SHOWN,
    note: str | None = None,
) -> None:
    """Draw rows as a table with a button that downloads them as CSV.

    Args:
        rows: What to show, in order.
        columns: Which of the rows' values to show, with label and unit.
        currency: ISO 4217 code of the amounts.
        file_name: Name of the file to download, without its ending; also tells tables of a page apart.
        alt: What the table holds, for those who hear it.
        height_rows: Rows visible before the table scrolls.
        note: What to say below the table in place of the number of rows.
    """
    names = [column.name for column in columns]
    frame = pd.DataFrame([{name: row.get(name) for name in names} for row in rows], columns=names)
    for column in columns:
        if column.unit == "ratio":
            frame[column.name] = pd.to_numeric(frame[column.name]) * 100
        elif column.unit == "units":
            frame[column.name] = pd.to_numeric(frame[column.name]).round(1)
    st.dataframe(
        frame,
        hide_index=True,
        column_config={column.name: _column_config(column, frame[column.name], currency) for column in columns},
        placeholder=formats.MISSING,
        height=_ROW_HEIGHT * (min(len(rows), height_rows) + 1) + 3,
        alt=alt,
        key=f"table_{file_name}",
    )
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(note or formats.count(len(rows), "row"), width="content")
        st.download_button(
            "Download CSV",
            data=lambda: formats.csv_bytes(names, rows),
            file_name=f"{file_name}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"download_{file_name}",
            type="tertiary",
        )


def _column_config(column: Column, values: pd.Series[Any], currency: str) -> Any:
    """How a table shows a column of this unit; amounts in the thousands go without cents."""
    label = column.label
    match column.unit:
        case "currency":
            pattern = "%,.0f" if _is_large(values) else "%,.2f"
            return st.column_config.NumberColumn(f"{label} ({formats.symbol(currency)})", format=pattern)
        case "ratio":
            return st.column_config.NumberColumn(label, format="%,.1f%%")
        case "days":
            unit = "" if "day" in label.lower() else " (days)"
            return st.column_config.NumberColumn(f"{label}{unit}", format="%,.1f")
        case "rate":
            return st.column_config.NumberColumn(label, format="%,.1f")
        case "score":
            return st.column_config.NumberColumn(label, format="%,.3f")
        case "count" | "units":
            return st.column_config.NumberColumn(label, format="localized")
        case "datetime":
            return st.column_config.DatetimeColumn(label, format="D MMM YYYY, HH:mm")
        case "date":
            return st.column_config.DateColumn(label, format="D MMM YYYY")
        case _:
            return label


def empty(text: str) -> None:
    """Say calmly that there is nothing to show, and why."""
    with st.container(border=True):
        st.markdown(f":gray[{formats.plain(text)}]")


def warnings(*results: Result) -> None:
    """Show the warnings of results, each once."""
    found = dict.fromkeys(text for result in results for text in result.warnings)
    if any(result.truncated for result in results):
        found["Only the first rows are shown; narrow the filters to see the rest."] = None
    for text in found:
        st.caption(formats.plain(text))


def _is_large(values: pd.Series[Any]) -> bool:
    return bool(pd.to_numeric(values, errors="coerce").abs().max() >= 1000)
