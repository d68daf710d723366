"""Do the books add up? Every check, and for one that differs the places: a table, and a picture over the days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from app import charts, components, data_sources, formats
from app.data import Row, Shop, records
from app.filters import equals
from metrics import Column

DIFFERENCES = "fct_reconciliation_differences"
MOST_SHOWN = 1000
"""Differences that a run keeps of each check and source, the largest."""

_MEASURE = {"tickets_agree_with_source": "tickets", "rates_known": "tickets"}
_UNITS = ("quantity_agrees_with_source", "on_hand_agrees_with_source", "movements_close", "daily_stock_adds_up")


def show(shop: Shop) -> None:
    """Draw the checks, and where the one that is picked differs."""
    names = ("check_name", "description", "source", "compared", "differing", "largest_difference")
    result = shop.rows(
        "fct_reconciliations", names, where=data_sources.picked(), order_by=("-differing", "check_name", "source")
    )
    if not result.rows:
        components.empty("There is nothing to compare yet.")
        return
    rows = [row | {"verdict": "differs" if row["differing"] else "adds up"} for row in records(result)]
    columns = (
        Column("verdict", "Result", "text", "column"),
        Column("description", "Check", "text", "column"),
        Column("source", "Source", "text", "column"),
        Column("compared", "Compared", "count", "column"),
        Column("differing", "Differ", "count", "column"),
        Column("largest_difference", "Largest difference", "score", "column"),
    )
    components.table(rows, columns, shop.currency, "reconciliations", alt="Checks of the books")
    if not any(str(row["check_name"]).endswith("_with_source") for row in rows):
        st.caption("The source reports no totals of its own that these numbers could be compared with.")
    differing = [row for row in rows if row["differing"]]
    if differing:
        _where(shop, differing)


def _where(shop: Shop, checks: Sequence[Row]) -> None:
    if DIFFERENCES not in shop.run.tables:
        components.empty("This run was published without the places that differ. The next run brings them.")
        return
    check = checks[
        st.selectbox(
            "Where does it differ?",
            range(len(checks)),
            format_func=lambda number: _label(checks[number]),
            key="health_check",
        )
    ]
    where = (equals("check_name", check["check_name"]), equals("source", check["source"]))
    columns = ("store_id", "business_date", "product_id", "sale_id", "currency", "ours", "theirs", "difference")
    found = records(shop.rows(DIFFERENCES, columns, where=where, limit=MOST_SHOWN))
    if not found:
        components.empty("None of the largest differences is in your stores.")
        return
    sides = shop.rows("fct_reconciliations", ("ours_is", "theirs_is"), where=where).rows[0]
    rows = _named(shop, sorted(found, key=lambda row: -abs(float(row["difference"]))))
    _picture(rows, sides, str(check["check_name"]))
    _table(shop, rows, sides, int(check["differing"]), f"{check['check_name']}-{check['source']}")


def _label(check: Row) -> str:
    return f"{check['source']}: {check['description']} ({formats.count(int(check['differing']), 'difference')})"


def _named(shop: Shop, rows: Sequence[Row]) -> list[Row]:
    """The rows with names of stores and products, and numbers that a table can sort."""
    stores = shop.store_names()
    products = shop.product_names({str(row["product_id"]) for row in rows if row["product_id"]})
    return [
        row
        | {side: float(row[side]) for side in ("ours", "theirs", "difference")}
        | {
            "store": stores.get(str(row["store_id"]), row["store_id"]),
            "product": products.get(str(row["product_id"]), row["product_id"]),
        }
        for row in rows
    ]


def _picture(rows: Sequence[Row], sides: Mapping[str, Any], check: str) -> None:
    """Differences of the days, those above and those below zero apart; none where they are not of days."""
    totals: dict[tuple[date, str], float] = {}
    for row in rows:
        if row["business_date"] is None:
            return
        key = (row["business_date"], "More" if row["difference"] > 0 else "Less")
        totals[key] = totals.get(key, 0.0) + row["difference"]
    frame = pd.DataFrame(
        [{"day": pd.Timestamp(day), "kind": kind, "difference": total} for (day, kind), total in totals.items()]
    )
    unit = _MEASURE.get(check, "units" if check in _UNITS else "money")
    st.altair_chart(charts.daily_differences(frame, title=f"Difference ({unit})"), alt="Differences by day")
    st.caption(
        f"Above zero there is more {sides['ours_is']} than {sides['theirs_is']}, below zero (orange) there is less."
    )


def _table(shop: Shop, rows: Sequence[Row], sides: Mapping[str, Any], differing: int, name: str) -> None:
    columns = (
        Column("business_date", "Day", "date", "column"),
        Column("store", "Store", "text", "column"),
        Column("product", "Product", "text", "column"),
        Column("sale_id", "Ticket", "text", "column"),
        Column("difference", "Difference", "count", "column"),
        Column("ours", _sentence(sides["ours_is"]), "count", "column"),
        Column("theirs", _sentence(sides["theirs_is"]), "count", "column"),
        Column("currency", "Currency", "text", "column"),
    )
    shown = [column for column in columns if any(row[column.name] is not None for row in rows)]
    note = f"the largest {len(rows):,} of {differing:,}" if len(rows) < differing else None
    components.table(rows, shown, shop.currency, name, alt="Where the check differs", note=note)


def _sentence(words: object) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]
