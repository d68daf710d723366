"""How answers are put into words: templates of a language, and numbers, amounts and dates as it writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from app import formats
from app.assistant import languages
from app.assistant.reading import Period
from metrics import Catalogue, Column
from metrics.catalogue import GRAINS

_LISTS: Final = {languages.DEFAULT: "en_GB"}
"""Locale of lists where it is not the language: British English has no comma before the last `and`."""

LONGEST_NAME: Final = 80
"""Longest name of a thing within a sentence, in characters."""


class Speech:
    """Says things in one language. English numbers and dates look as they do on pages.

    Attributes:
        language: Its code, such as `en`.
        currency: ISO 4217 code that amounts are in.
    """

    def __init__(self, language: str, catalogue: Catalogue) -> None:
        self.language = language
        self.currency = catalogue.currency
        self._catalogue = catalogue
        self._texts = languages.texts(language)
        self._labels: dict[str, str] = languages.load(language, "texts/names") or {}

    def say(self, key: str, **parts: object) -> str:
        """A template with its parts filled in. A part is text that is shown as it is: it is never a template itself."""
        return self._texts[key].format_map(parts)

    def knows(self, key: str) -> bool:
        """Whether the language has the template."""
        return key in self._texts

    def metric(self, name: str) -> str:
        """What a metric is called: small letters within a sentence."""
        return self._labels.get(name, self._catalogue.metrics[name].label.lower())

    def title(self, name: str) -> str:
        """What a metric is called at the beginning of a sentence."""
        return capital(self.metric(name))

    def unit(self, name: str) -> str:
        """The unit that a metric is counted in."""
        return self._catalogue.metrics[name].unit

    def dimension(self, name: str) -> str:
        """What a dimension or grain is called."""
        found = self._catalogue.dimensions.get(name)
        return self._labels.get(name, found.label.lower() if found else name)

    def heading(self, column: Column) -> Column:
        """A column of a result with its name in this language above it."""
        if self.language == languages.DEFAULT:
            return column
        return replace(column, label=capital(self._labels.get(column.name, column.label)))

    def heading_of(self, dimension: str) -> str:
        """What to write above a column of a dimension."""
        return capital(self.dimension(dimension))

    def text(self, value: object) -> str:
        """Someone else's text as it stands, on one line and not endless."""
        one_line = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
        return one_line if len(one_line) <= LONGEST_NAME else one_line[: LONGEST_NAME - 1] + "…"

    def cell(self, dimension: str, value: object) -> str:
        """A value of a dimension or grain, as a sentence names it."""
        if value is None:
            return self._labels.get(f"no_{dimension}", self.say("period.not_given"))
        if isinstance(value, date) and dimension in GRAINS:
            return self.bucket(dimension, value)
        match dimension:
            case "weekday":
                return self.say(f"period.{value}")
            case "hour":
                return f"{value:02d}:00" if isinstance(value, int) else self.text(value)
            case _:
                return self.text(value)

    def bucket(self, grain: str, first: date) -> str:
        """A period of a grain by its first day: a day, `week of 10 Nov 2025`, `Nov 2025`, `Q4 2025` or `2025`."""
        match grain:
            case "week":
                return self.say("period.week_of", day=self.short_day(first))
            case "month":
                return str(format_date(first, "MMM y", locale=self.language))
            case "quarter":
                return self.say("period.quarter_of", quarter=(first.month + 2) // 3, year=first.year)
            case "year":
                return str(first.year)
            case _:
                return self.day(first)

    def short_day(self, day: date) -> str:
        """A day without its weekday."""
        return str(
            format_date(day, "d MMM y" if self.language == languages.DEFAULT else "d. MMM y", locale=self.language)
        )

    def number(self, amount: object, digits: int = 0) -> str:
        """A number with thousands separated; a dash where it is not known."""
        if self.language == languages.DEFAULT or (found := formats.as_float(amount)) is None:
            return formats.number(amount, digits)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(found, format=pattern, locale=self.language))

    def value(self, amount: object, unit: str | None) -> str:
        """An amount in a metric's unit."""
        found = formats.as_float(amount)
        if self.language == languages.DEFAULT or found is None:
            return formats.value(amount, unit, self.currency)
        match unit:
            case "currency":
                pattern = None if abs(found) < 100 else "#,##0 ¤"
                digits = pattern is None
                return str(format_currency(found, self.currency, pattern, locale=self.language, currency_digits=digits))
            case "ratio":
                return self.percent(found)
            case _:
                return self.number(found, 0 if found.is_integer() or abs(found) >= 100 else 1)

    def percent(self, share: object, digits: int = 1) -> str:
        """A share as a percentage."""
        found = formats.as_float(share)
        if self.language == languages.DEFAULT or found is None:
            return formats.percent(share, digits)
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + " %"
        return str(format_percent(found, format=pattern, locale=self.language))

    def day(self, day: date) -> str:
        """A business day."""
        if self.language == languages.DEFAULT:
            return formats.day(day)
        return str(format_date(day, "EEE d. MMM y", locale=self.language))

    def moment(self, at: datetime) -> str:
        """A moment by its day and time, in the time zone that it carries."""
        return self.say("lookup.moment", day=self.day(at.date()), time=f"{at:%H:%M}")

    def span(self, first: date, last: date) -> str:
        """A stretch of days."""
        if self.language == languages.DEFAULT:
            return formats.span(first, last)
        if first == last:
            return self.day(first)
        start = str(format_date(first, "d. MMM", locale=self.language))
        return f"{start if first.year == last.year else self.short_day(first)} – {self.short_day(last)}"

    def period(self, period: Period) -> str:
        """A period by its dates."""
        return self.span(period.first, period.last)

    def list(self, items: Sequence[str]) -> str:
        """Several things in one breath: `a, b and c`."""
        return str(format_list(list(items), locale=_LISTS.get(self.language, self.language)))

    def either(self, items: Sequence[str]) -> str:
        """One of several things: `a, b or c`."""
        return str(format_list(list(items), style="or", locale=_LISTS.get(self.language, self.language)))


def capital(words: str) -> str:
    """Words as they begin a sentence."""
    return words[:1].upper() + words[1:]
