"""What commands print: JSON and answers on standard output, progress and errors on standard error."""

from __future__ import annotations

import json
import math
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from unicodedata import category

_OBEYED: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
_REPLACED: Final = "\N{REPLACEMENT CHARACTER}"


def print_json(document: object) -> None:
    """Print one document: money and quantities as numbers, dates in ISO 8601, never NaN or infinity."""
    sys.stdout.write(json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_line(text: str = "") -> None:
    """Print one line of the answer; names in it are other people's text."""
    sys.stdout.write(harmless(text) + "\n")


def print_note(text: str) -> None:
    """Print one line that is not part of the answer: progress, hints, errors."""
    sys.stderr.write(harmless(text) + "\n")


def print_drawn(text: str) -> None:
    """Print what was drawn for this very terminal, with its own escapes; whatever it holds was made harmless before."""
    sys.stdout.write(text + "\n")


def harmless(text: str) -> str:
    """The text without what a terminal would obey instead of showing: escapes, and marks that turn a line round."""
    return "".join(_REPLACED if category(c) in _OBEYED and c not in "\n\t" else c for c in text)


def _plain(value: object) -> object:
    """Turn a value into what JSON knows."""
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case bool() | int() | str() | None:
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return _decimal(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Path():
            return str(value)
        case _ if hasattr(value, "item"):  # a NumPy scalar
            return _plain(value.item())
        case _:
            return str(value)


def _decimal(value: Decimal) -> int | float | None:
    if not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
