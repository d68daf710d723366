"""How answers are put into words: templates of a language, and numbers, amounts and dates as it writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from app import formats
from app.assistant import languages
from app.assistant.reading import Period
from metrics import Catalogue


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

    def metric(self, name: str) -> str:
        """What a metric is called: small letters within a sentence."""
        return self._labels.get(name, self._catalogue.metrics[name].label.lower())

    def dimension(self, name: str) -> str:
        """What a dimension or grain is called."""
        found = self._catalogue.dimensions.get(name)
        return self._labels.get(name, found.label.lower() if found else name)

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

    def percent(self, share: object) -> str:
        """A share as a percentage with one decimal."""
        found = formats.as_float(share)
        if self.language == languages.DEFAULT or found is None:
            return formats.percent(share)
        return str(format_percent(found, format="#,##0.0 %", locale=self.language))

    def day(self, day: date) -> str:
        """A business day."""
        if self.language == languages.DEFAULT:
            return formats.day(day)
        return str(format_date(day, "EEE d. MMM y", locale=self.language))

    def span(self, first: date, last: date) -> str:
        """A stretch of days."""
        if self.language == languages.DEFAULT:
            return formats.span(first, last)
        return self.day(first) if first == last else f"{self.day(first)} – {self.day(last)}"

    def period(self, period: Period) -> str:
        """A period by its dates."""
        return self.span(period.first, period.last)

    def list(self, items: Sequence[str]) -> str:
        """Several things in one breath: `a, b and c`."""
        return str(format_list(list(items), locale=self.language))
