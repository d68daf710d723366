"""Words for the rows of a table: what a metric is called, what a row is, its value, the conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.assistant.books import Books
from app.assistant.measure.fetch import SHARE
from app.assistant.measure.table import Table
from app.assistant.reading import MetricCondition, Reading
from app.assistant.speech import Speech
from app.assistant.wording import place, scope, when
from metrics import Filter
from metrics.result import Row

_CONDITIONS: Final = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "=": "equal"}


@dataclass(frozen=True, slots=True)
class Words:
    """Words for one table.

    Attributes:
        table: The table.
        reading: What was asked.
        books: Units of the metrics.
        speech: The language.
        grain: What means are per; none for no mean.
    """

    table: Table
    reading: Reading
    books: Books
    speech: Speech
    grain: str | None = None

    @property
    def metric(self) -> str:
        """The metric that ranks."""
        return self.table.metrics[0]

    def say(self, key: str, **parts: object) -> str:
        """A template of metric answers."""
        return self.speech.say(f"metric.{key}", **parts)

    def sentence(self, key: str, where: Sequence[Filter] | None = None, **parts: object) -> str:
        """A template with the metric, the period, the comparisons and the splits in it."""
        has_history = self.books.catalogue.metric(self.metric).has_history
        context = {
            "metric": self.speech.title(self.metric),
            "of_metric": self.speech.metric(self.metric),
            "period": when(self.reading.period if has_history else None, self.speech),
            "scope": scope(self.reading.where if where is None else where, self.speech),
            "splits": self.splits(),
            "per": f" {self.say(f'per_{self.grain}')}" if self.grain else "",
        }
        return self.say(key, **context, **parts)

    def splits(self) -> str:
        """What rows are split by."""
        return self.speech.list([self.speech.dimension(name) for name in self.table.splits])

    def amount(self, value: object, name: str | None = None) -> str:
        """A number in the unit of a metric."""
        return self.speech.value(value, self.books.catalogue.metric(name or self.metric).unit)

    def value(self, row: Row, name: str | None = None) -> str:
        """A value of a row; its share beside it where there is one."""
        name = name or self.metric
        shown = self.amount(row[name], name)
        if name + SHARE not in row:
            return shown
        return self.say("with_share", share=self.speech.percent(row[name + SHARE]), value=shown)

    def entry(self, row: Row, name: str | None = None) -> str:
        """A row in a list: `Dairy ($1,234)`."""
        splits = [split for split in self.table.splits if split in row]
        return self.say("entry", name=place(row, splits, self.speech), value=self.value(row, name))

    def entries(self, rows: Sequence[Row]) -> str:
        """Several rows in one breath."""
        return self.speech.list([self.entry(row) for row in rows])

    def conditions(self) -> str:
        """What rows were held to."""
        return self.speech.list([self._condition(item) for item in self.reading.having])

    def _condition(self, item: MetricCondition) -> str:
        shown = self.amount(item.value, item.metric)
        return self.say(_CONDITIONS[item.operator], metric=self.speech.metric(item.metric), value=shown)
