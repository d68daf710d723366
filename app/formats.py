"""How values look on screen and in a downloaded file. Everything here is pure."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

MISSING = "–"
"""Shown where a value is not known. Never a zero."""

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "ILS": "₪", "TRY": "₺", "PLN": "zł "}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~&^=\"'/])")
_LINK_OR_DIRECTIVE = re.compile(r"([:@]|www(?=\\\.))", re.IGNORECASE)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_WORD_JOINER = "\u2060"


def number(value: object, digits: int = 0) -> str:
    """A number with thousands separated: `12,345`."""
    amount = as_float(value)
    return MISSING if amount is None else _rounded(amount, digits)


def money(value: object, currency: str, digits: int | None = None) -> str:
    """An amount with its currency: `$12,345`, and `$4.20` below a hundred."""
    amount = as_float(value)
    if amount is None:
        return MISSING
    places = digits if digits is not None else (2 if abs(amount) < 100 else 0)
    text = _rounded(abs(amount), places)
    sign = "-" if amount < 0 and text.strip("0.,") else ""
    return f"{sign}{_SYMBOLS.get(currency, currency + ' ')}{text}"


def symbol(currency: str) -> str:
    """The currency's sign where it has a common one, else its code."""
    return _SYMBOLS.get(currency, currency).strip()


def percent(value: object, digits: int = 1) -> str:
    """A share as a percentage: 0.1234 is `12.3%`."""
    amount = as_float(value)
    return MISSING if amount is None else f"{_rounded(amount * 100, digits)}%"


def change(now: object, before: object) -> str | None:
    """Relative change as `+4.2%` or `-3.0%`; None where it says nothing (nothing before, or not known)."""
    new, old = as_float(now), as_float(before)
    if new is None or old is None or old <= 0:
        return None
    percentage = (new - old) / old * 100
    return "0.0%" if abs(percentage) < 0.05 else f"{percentage:+,.1f}%"


def value(amount: object, unit: str | None, currency: str) -> str:
    """An amount in the unit that the catalogue gives its metric."""
    match unit:
        case "currency":
            return money(amount, currency)
        case "ratio":
            return percent(amount)
        case "days":
            return f"{number(amount, 1)} d" if as_float(amount) is not None else MISSING
        case _:
            found = as_float(amount)
            return number(amount, 0 if found is None or float(found).is_integer() or abs(found) >= 100 else 1)


def day(value: date) -> str:
    """A business day: `Fri 14 Nov 2025`."""
    return f"{value:%a} {value.day} {value:%b %Y}"


def week(first: date) -> str:
    """A week by its first day: `week of 10 Nov 2025`."""
    return f"week of {first.day} {first:%b %Y}"


def month(first: date) -> str:
    """A month: `Nov 2025`."""
    return f"{first:%b %Y}"


def span(first: date, last: date) -> str:
    """A stretch of days, the year said once: `24 Oct – 20 Nov 2025`."""
    if first == last:
        return day(first)
    start = f"{first.day} {first:%b}" if first.year == last.year else f"{first.day} {first:%b %Y}"
    return f"{start} – {last.day} {last:%b %Y}"


def ago(hours: float) -> str:
    """An age in words: `40 min`, `5 hours`, `3 days`."""
    if hours < 1:
        return f"{max(0, round(hours * 60))} min"
    if hours < 48:
        return f"{round(hours)} hours"
    return f"{round(hours / 24)} days"


def count(amount: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: `1 product`, `12 products`."""
    return f"{amount:,} {singular if amount == 1 else plural or singular + 's'}"


def plain(text: object) -> str:
    """Someone else's text, made safe to stand in Markdown: it is shown letter for letter and makes no link.

    Backslashes stop Markdown and LaTeX. Streamlit also turns `:name:`, bare addresses and e-mails in finished text
    into icons and links, which no escape stops; an invisible word joiner does.
    """
    one_line = "".join(letter for letter in " ".join(str(text).split()) if letter.isprintable())
    return _LINK_OR_DIRECTIVE.sub(rf"\1{_WORD_JOINER}", _MARKDOWN.sub(r"\\\1", one_line))


def csv_bytes(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> bytes:
    """Rows as CSV for a spreadsheet; text that a spreadsheet would run as a formula gets a leading apostrophe.

    Returns:
        UTF-8 with a byte order mark, which is how spreadsheets recognise it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([_harmless(column) for column in columns])
    writer.writerows([_harmless(row.get(column)) for column in columns] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def as_float(value: object) -> float | None:
    """A finite number, or None for whatever is not one."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def _harmless(cell: object) -> object:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _rounded(amount: float, digits: int) -> str:
    text = f"{amount:,.{digits}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text
