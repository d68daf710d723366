"""Whether every number of a text is one that the answer holds. A text of a model that says another is not shown.

Compared are amounts as they are written: rounded to the places that they show, as a percentage, or in thousands and
millions. Names and dates of the answer are taken out first, so that `Corn Flakes 500 g` says no 500 of its own. Which
number belongs to which name is not compared.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from app.assistant import languages
from app.assistant.findings import Findings
from app.assistant.reading import Period, Reading
from app.assistant.speech import Speech
from app.formats import as_float

_DATE_FORMATS: Final = (
    "d MMM y", "d. MMM y", "d MMMM y", "d. MMMM y", "MMM d, y", "MMMM d, y", "y-MM-dd", "d.M.y", "dd.MM.y", "MMM y",
    "MMMM y", "d MMM", "d. MMM", "d MMMM", "d. MMMM", "MMM d", "MMMM d",
)  # fmt: skip
_MOST_DATES: Final = 200
_DATE: Final = "\x00"
_FULL_HOUR: Final = re.compile(r"\b(\d{1,2}):00\b")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A number in a text.

    Attributes:
        text: As it is written.
        amount: Its value, without the percent sign or the word for thousands.
        places: Decimal places that it shows.
        is_percent: Whether a percent sign follows.
        scale: What a word for thousands or millions multiplies it by.
    """

    text: str
    amount: float
    places: int
    is_percent: bool = False
    scale: float = 1

    def says(self, value: float) -> bool:
        """Whether it is that value, rounded as it is written; the sign may be in the words around it."""
        exact = abs(value) * (100 if self.is_percent else 1) / self.scale
        return bool(abs(exact - self.amount) <= 0.5 * 10.0**-self.places + 1e-9 * max(1.0, exact))


def numbers_in(text: str, language: str) -> tuple[Spoken, ...]:
    """Every number of a text, in digits or as a word, as the language writes them."""
    words = _words(language)
    found = []
    for match in _pattern(language).finditer(_FULL_HOUR.sub(r"\1", text)):
        if (digits := match["digits"]) is None:
            found.append(Spoken(match.group(), words["numbers"][match.group().casefold()], 2))
            continue
        amount, places = _read(digits, language)
        scale = words["scales"].get((match["scale"] or "").casefold(), 1)
        found.append(Spoken(match.group(), amount, places, bool(match["percent"]), scale))
    return tuple(found)


def _read(digits: str, language: str) -> tuple[float, int]:
    """A number and its decimal places; no number at all where the language does not write it so."""
    group, decimal = get_group_symbol(language), get_decimal_symbol(language)
    if not re.fullmatch(rf"(?:\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d+)(?:{re.escape(decimal)}\d+)?", digits):
        return math.nan, 0
    plain = digits.replace(group, "").replace(decimal, ".")
    return float(plain), len(plain.partition(".")[2])


def is_grounded(text: str, findings: Findings, reading: Reading, speech: Speech) -> bool:
    """Whether a rewording of an answer says no number that the answer does not hold."""
    said = numbers_in(findings.text, speech.language)
    return all(
        any(number.says(_value(known)) for known in said) for number in _unknown(text, findings, reading, speech)
    )


def ungrounded(text: str, findings: Findings, reading: Reading, speech: Speech) -> tuple[str, ...]:
    """Numbers of a text that are in no row, in no fact and not in the question."""
    return tuple(number.text for number in _unknown(text, findings, reading, speech))


def _unknown(text: str, findings: Findings, reading: Reading, speech: Speech) -> list[Spoken]:
    values = list(_values(findings, reading))
    bare = _without_names(text, findings, reading)
    unknown = [n for n in numbers_in(bare, speech.language) if not any(n.says(v) for v in values)]
    if not unknown:
        return []
    bare = _without_dates(bare, findings, reading, speech)
    return [n for n in numbers_in(bare, speech.language) if not any(n.says(v) for v in values)]


def _value(number: Spoken) -> float:
    return number.amount * number.scale / (100 if number.is_percent else 1)


def _values(findings: Findings, reading: Reading) -> Iterator[float]:
    """Every number that the answer may say."""
    yield from findings.facts
    yield float(len(findings.rows))
    for row in findings.rows:
        yield from (found for value in row.values() if (found := as_float(value)) is not None)
    yield from (condition.value for condition in reading.having)
    yield from (found for item in reading.where for value in item.values if (found := as_float(value)) is not None)
    for period in _periods(reading):
        yield float(period.days)
        yield from (float(digits) for digits in re.findall(r"\d+", period.name))
    yield from (float(day.year) for day in _dates(findings, reading))


def _periods(reading: Reading) -> Iterator[Period]:
    yield from (period for period in (reading.period, reading.compare_with) if period is not None)


def _dates(findings: Findings, reading: Reading) -> list[date]:
    ends = [day for p in _periods(reading) for day in (p.first, p.last, p.ends) if day is not None]
    cells = (value for row in findings.rows for value in row.values() if isinstance(value, date))
    return list(dict.fromkeys([*ends, *cells]))[:_MOST_DATES]


def _without_names(text: str, findings: Findings, reading: Reading) -> str:
    """The text without names that hold digits; the longest first, since one may be part of another."""
    cells = (value for row in findings.rows for value in row.values())
    held = (value for item in reading.where for value in item.values)
    names: Iterable[object] = (*cells, *held)
    numbered = {value for value in names if isinstance(value, str) and _is_numbered_name(value)}
    for name in sorted(numbered, key=len, reverse=True):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def _is_numbered_name(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _without_dates(text: str, findings: Findings, reading: Reading, speech: Speech) -> str:
    """The text without the answer's dates, however they are written, and without the first day of a span."""
    days = _dates(findings, reading)
    written = {format_date(day, pattern, locale=speech.language) for day in days for pattern in _DATE_FORMATS}
    written |= {f"Q{(day.month + 2) // 3} {day.year}" for day in days}
    for form in sorted(written, key=len, reverse=True):
        text = re.sub(rf"(?<!\d){re.escape(form)}(?!\d)", _DATE, text, flags=re.IGNORECASE)
    numbers = "|".join(sorted({str(day.day) for day in days}, key=len, reverse=True)) or "0"
    return re.sub(rf"(?<![\d.,])({numbers})\.?(st|nd|rd|th)?\s*[–-]\s*{_DATE}", _DATE, text)


@lru_cache(maxsize=16)
def _words(language: str) -> dict[str, dict[str, float]]:
    """Words for numbers and for thousands in a language."""
    loaded: dict[str, dict[str, float]] = languages.load(language, "numerals")
    return loaded


@lru_cache(maxsize=16)
def _pattern(language: str) -> re.Pattern[str]:
    words = _words(language)
    scales, numbers = ("|".join(sorted(words[part], key=len, reverse=True)) for part in ("scales", "numbers"))
    tail = rf"(?:\s?(?P<percent>%)|\s?(?P<scale>{scales})\b)?"
    return re.compile(rf"(?P<digits>\d(?:[\d.,'’\u00a0\u202f]*\d)?){tail}|\b(?:{numbers})\b", re.IGNORECASE)
