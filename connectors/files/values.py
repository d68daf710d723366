"""SQL that reads numbers and moments as people write them, once it is said how.

Nothing is guessed here: with `decimal` and `date_order` given, a text has one reading or none.
"""

from __future__ import annotations

from typing import Final

from connectors.files.settings import DateOrder, DecimalMark
from connectors.sql import literal

NUMBER: Final = "DECIMAL(18, 4)"
_SPACES: Final = r"\s\x{00A0}\x{202F}\x{2009}"
_CURRENCY: Final = r"(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Ft|lei|Fr\.?|Rs\.?)"
_MINUS: Final = r"[-−–]"
_NEGATIVE: Final = rf"{_MINUS}|^[{_SPACES}]*\("
_GROUPS: Final = {".": rf"[,{_SPACES}'’]", ",": rf"[.{_SPACES}'’]"}
_MONTHS: Final = (
    "jan gen ene", "feb fev", "mar mrt mrz", "apr abr avr", "may mai mag mei", "jun giu juin", "jul lug juil",
    "aug ago aou", "sep set", "oct okt ott out", "nov", "dec dez dic",
)  # fmt: skip
"""Beginnings of the names of months in seven languages, without accents."""
_DAY_NAME: Final = r"(?:\pL{2,}\.?,?\s+)?"
_REST: Final = r"\.?(?:,?[T\s]+(?:um |at |à |a las )?(.*))?"


def number_pattern(decimal: DecimalMark) -> str:
    """Regular expression (RE2) for a whole number text; its group is the number itself, without sign and currency."""
    mark = r"\." if decimal == "." else ","
    groups = _GROUPS[decimal]
    # the middle one is how thousands are grouped in India
    whole = rf"[1-9]\d{{0,2}}(?:{groups}\d{{3}})+|[1-9]\d?(?:,\d{{2}})+,\d{{3}}|\d+" if decimal == "." else (
        rf"[1-9]\d{{0,2}}(?:{groups}\d{{3}})+|\d+"
    )  # fmt: skip
    around = rf"[{_SPACES}]*"
    sign = rf"(?:{_MINUS}|\+)?"
    return (
        rf"^\(?{around}{sign}{around}{_CURRENCY}?{around}{sign}{around}((?:{whole})(?:{mark}\d*)?|{mark}\d+)"
        rf"{around}(?:{_CURRENCY}|%)?{around}{_MINUS}?{around}\)?$"
    )


def number(text: str, decimal: DecimalMark) -> str:
    """SQL for the number that a text is: grouped, signed in front or behind, in parentheses, with currency or %."""
    plain = f"TRY_CAST({text} AS {NUMBER})"
    if decimal == ",":
        # a file of another program may hold 1e5; a point can only be a thousands separator
        plain = f"CASE WHEN NOT contains({text}, '.') THEN TRY_CAST(replace({text}, ',', '.') AS {NUMBER}) END"
    body = f"regexp_extract(trim({text}), {literal(number_pattern(decimal))}, 1)"
    digits = f"regexp_replace({body}, {literal(_GROUPS[decimal])}, '', 'g')"
    value = f"TRY_CAST(replace({digits}, ',', '.') AS {NUMBER})"
    negative = f"regexp_matches({text}, {literal(_NEGATIVE)})"
    signed = f"CASE WHEN {negative} THEN -{value} ELSE {value} END"
    dressed = f"CASE WHEN contains({text}, '%') THEN CAST(({signed}) / 100 AS {NUMBER}) ELSE {signed} END"
    # numbers of a sheet stand in text columns in this form, whatever the decimal mark of the texts beside them
    typed = f"CASE WHEN ends_with({text}, 'e0') THEN TRY_CAST({text} AS {NUMBER}) END"
    return f"coalesce({plain}, {dressed}, {typed})"


def date_pattern(order: DateOrder) -> tuple[str, str]:
    """Regular expression (RE2) for a date in figures with what follows it, and how its groups make the ISO form."""
    between = r"\s*[./\- ]\s*"
    if order == "ymd":
        return rf"^(\d{{4}})(?:{between})?(\d\d?)(?:{between})?(\d\d?){_REST}$", r"\1-\2-\3 \4"
    figures = rf"^{_DAY_NAME}(\d{{1,2}}){between}(\d{{1,2}}){between}(\d{{4}}|\d{{2}}){_REST}$"
    return figures, r"\3-\2-\1 \4" if order == "dmy" else r"\3-\1-\2 \4"


DAY_MONTH_NAME: Final = (
    rf"^{_DAY_NAME}(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?(?:[\s.\-/]|de )+(\pL{{3,}})\.?"
    + rf"(?:[\s,.\-/]|de )+(\d{{4}}|\d{{2}}){_REST}$"
)
MONTH_NAME_DAY: Final = (
    rf"^{_DAY_NAME}(\pL{{3,}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+)(\d{{4}}|\d{{2}})(?:,?\s+(?:at )?(.*))?$"
)


def iso_date(text: str, order: DateOrder) -> str:
    """SQL for a date in ISO's order, what follows it kept; the year may have two digits still.

    First of three steps, each for a select of its own: the text of one stands many times in the next. A text that is
    ISO already, or no date at all, passes through all three unchanged.
    """
    trimmed = f"trim({text})"
    pattern, iso = date_pattern(order)
    in_figures = f"regexp_replace({trimmed}, {literal(pattern)}, {literal(iso)})"
    cases = [
        f"WHEN regexp_matches({trimmed}, {literal(name_pattern)}) THEN {_named(trimmed, name_pattern, day, name)}"
        for name_pattern, day, name in ((DAY_MONTH_NAME, 1, 2), (MONTH_NAME_DAY, 2, 1))
    ]
    named = f"CASE {' '.join(cases)} ELSE {in_figures} END"
    spelt = f"WHEN regexp_matches({trimmed}, '\\pL{{3}}') THEN {named} ELSE {in_figures}"
    return f"CASE {_full_figures(trimmed, order)} {spelt} END"


def _full_figures(text: str, order: DateOrder) -> str:
    """The commonest form, 31/12/2024 14:05, without regular expressions: the difference is a factor of eight."""
    if order == "ymd":
        return ""
    day, month = (1, 4) if order == "dmy" else (4, 1)
    conditions = [
        f"substr({text}, 3, 1) IN ('.', '/', '-')",
        f"substr({text}, 6, 1) = substr({text}, 3, 1)",
        f"substr({text}, 9, 2) BETWEEN '00' AND '99'",
        f"substr({text}, 11, 1) IN ('', ' ')",
    ]
    parts = f"substr({text}, 7, 4), '-', substr({text}, {month}, 2), '-', substr({text}, {day}, 2), substr({text}, 11)"
    return f"WHEN {' AND '.join(conditions)} THEN concat({parts})"


def full_year(iso: str) -> str:
    """SQL for the second step: years of two digits are those from 1970 to 2069."""
    century = f"CASE WHEN {iso} >= '70' THEN '19' ELSE '20' END"
    return f"CASE WHEN substr({iso}, 3, 1) = '-' THEN {century} || {iso} ELSE {iso} END"


def _named(text: str, pattern: str, day: int, name: int) -> str:
    def group(number: int) -> str:
        return f"regexp_extract({text}, {literal(pattern)}, {number})"

    months = {start: number for number, starts in enumerate(_MONTHS, start=1) for start in starts.split()}
    known = ", ".join(f"{literal(start)}: {number}" for start, number in months.items())
    spelt = f"strip_accents(lower({group(name)}))"
    month = f"coalesce(map {{{known}}}[left({spelt}, 3)], map {{{known}}}[left({spelt}, 4)])"
    return f"concat({group(3)}, '-', {month}, '-', {group(day)}, ' ', {group(4)})"


def plain_time(iso: str) -> str:
    """SQL for the third step: 2:05 PM, 14h05 and 14:05 Uhr as 14:05."""
    spelt = f"regexp_replace({iso}, '(\\d)\\s*(?:Uhr|uhr|hrs|h)$', '\\1')"
    spelt = f"regexp_replace({spelt}, ' (\\d{{1,2}})h(\\d\\d)', ' \\1:\\2')"
    clock = r"^(.*) (\d{1,2})((?::\d\d)*(?:\.\d+)?)\s*([AaPp])\.?\s?[Mm]\.?$"
    day, hour, minutes, half = (f"regexp_extract({iso}, {literal(clock)}, {group})" for group in (1, 2, 3, 4))
    hour = f"(CAST({hour} AS INTEGER) % 12 + CASE WHEN lower({half}) = 'p' THEN 12 ELSE 0 END)"
    minutes = f"CASE WHEN {minutes} = '' THEN ':00' ELSE {minutes} END"
    is_half_day = f"right({iso}, 1) IN ('m', 'M', '.') AND regexp_matches({iso}, {literal(clock)})"
    return (
        f"CASE WHEN {is_half_day} THEN concat({day}, ' ', {hour}, {minutes})"
        f" WHEN contains({iso}, 'h') THEN trim({spelt}) ELSE trim({iso}) END"
    )
