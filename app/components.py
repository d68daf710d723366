"""The few blocks that pages are built of: figures, tables with a download, empty states, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
        against: What the change is against.
        help: What the number means.
        trend: Recent values for a small line.
        falling_is_good: Whether a fall is good news, as for stockouts.
    """

    label: str
    value: str
    change: str | None = None
    against: str | None = None
    help: str | None = None
    trend: Sequence[float] | None = None
    falling_is_good: bool = False


def figures(shown: Sequence[Figure]) -> None:
    """Draw large numbers beside each other; two to a row on a phone."""
    with st.grid(len(shown), min_column_width=150, gap="small"):
        for figure in shown:
            st.metric(
                figure.label,
                formats.plain(figure.value),
                formats.plain(figure.change) if figure.change else None,
                delta_color="inverse" if figure.falling_is_good else "normal",
                delta_description=formats.plain(figure.against) if figure.change and figure.against else None,
                help=formats.plain(figure.help) if figure.help else None,
                chart_data=figure.trend,
                border=True,
                height="stretch",
            )


def table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    currency: str,
    file_name: str,
    *,
    alt: str,
    height_rows: int = ROWS_SHOWN,
) -> None:
    """Draw rows as a table with a button that downloads them as CSV.

    Args:
        rows: What to show, in order.
        columns: Which of the rows' values to show, with label and unit.
        currency: ISO 4217 code of the amounts.
        file_name: Name of the file to download, without its ending; also tells tables of a page apart.
        alt: What the table holds, for those who hear it.
        height_rows: Rows visible before the table scrolls.
    """
    names = [column.name for column in columns]
    frame = pd.DataFrame([{name: row.get(name) for name in names} for row in rows], columns=names)
    st.dataframe(
        frame,
        hide_index=True,
        column_config={column.name: column_config(column, currency) for column in columns},
        height=_ROW_HEIGHT * (min(len(rows), height_rows) + 1) + 3,
        alt=alt,
        key=f"table_{file_name}",
    )
    download([column.name for column in columns], rows, file_name)


def download(names: Sequence[str], rows: Sequence[Mapping[str, Any]], file_name: str) -> None:
    """Draw a button that downloads rows as CSV."""
    st.download_button(
        "Download CSV",
        data=lambda: formats.csv_bytes(names, rows),
        file_name=f"{file_name}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"download_{file_name}",
        type="tertiary",
    )


def column_config(column: Column, currency: str) -> Any:
    """How a table shows a column of this unit."""
    label = column.label
    match column.unit:
        case "currency":
            return st.column_config.NumberColumn(label, format=formats.money_pattern(currency))
        case "ratio":
            return st.column_config.NumberColumn(label, format="percent")
        case "days":
            return st.column_config.NumberColumn(f"{label} (days)", format="%,.1f")
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
