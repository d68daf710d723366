"""Two periods against each other, or two and more values of a dimension.

Two periods: each row has the metric now, before, the change and the relative change. Rows of a split come with the
largest changes first; where the question has a direction, those that went that way, and where it ranks, by the metric.
What is like with like is said in `app.assistant.measure.alike`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.assistant import lacking
from app.assistant.books import Books
from app.assistant.findings import Chart, Findings
from app.assistant.kinds import metric
from app.assistant.measure import alike, fetch, side_by_side
from app.assistant.measure.alike import Compared, Pair
from app.assistant.measure.table import Table
from app.assistant.reading import Derived, Reading
from app.assistant.speech import Speech, capital
from app.assistant.wording import place, scope, when
from app.formats import as_float
from metrics import Column
from metrics.catalogue import GRAINS
from metrics.result import Row

_DEFAULT_LIMIT: Final = 10
_UNITS: Final = {"_before": None, "_change": None, "_change_rate": "ratio"}


def answer(reading: Reading, books: Books, speech: Speech) -> Findings:
    """Compare what the reading names."""
    if Derived.SHARE in reading.derived:
        return Findings(speech.say("compare.no_share"))
    lacks = lacking.sentences(reading.metrics, books, speech)
    if lacks:
        left = lacking.known(reading, books)
        found = Findings("", metrics=reading.metrics) if left is None else answer(left, books, speech)
        return replace(found, text=" ".join(filter(None, [*lacks, found.text])))
    reading = fetch.with_conditions(reading)
    if reading.compare_with is None:
        return side_by_side.answer(reading, books, speech) if reading.by else metric.answer(reading, books, speech)
    first = books.catalogue.metric(reading.metrics[0])
    if reading.period is None or not all(books.catalogue.metric(name).has_history for name in reading.metrics):
        return Findings(speech.say("compare.no_history", metric=speech.title(first.name)), metrics=reading.metrics)
    return _Periods(reading, alike.pair(reading, reading.period, reading.compare_with, books), books, speech).answer()


class _Periods:
    """Puts two periods side by side and into words."""

    def __init__(self, reading: Reading, fair: Pair, books: Books, speech: Speech) -> None:
        self.reading, self.fair, self.books, self.speech = reading, fair, books, speech
        self.metric = reading.metrics[0]
        self.grain = next((name for name in reading.by if name in GRAINS), "day")
        self.is_mean = Derived.AVERAGE in reading.derived
        self.splits = tuple(name for name in reading.by if not (self.is_mean and name in GRAINS))
        self.facts: list[float] = []

    def answer(self) -> Findings:
        """Findings of the whole and, where it is split, of the parts."""
        whole = alike.compared(self.reading, self.fair, (), self.books)
        parts = alike.compared(self.reading, self.fair, self.splits, self.books) if self.splits else whole
        if whole is None or parts is None or not whole.rows:
            return Findings(self.speech.say("metric.no_mean", metric=self.speech.title(self.metric)))
        sentences = [self._sentence(name, whole.rows[0]) for name in self.reading.metrics]
        self.facts += [float(n) for day in (self.fair.now.last, self.fair.before.last) for n in (day.day, day.year)]
        if self.fair.until_hour is not None:
            self.facts.append(self.fair.until_hour)
            hour = self.speech.cell("hour", self.fair.until_hour)
            sentences.append(self.speech.say("compare.until_hour", hour=hour))
            sentences += self._counted_whole()
        shown = whole
        if self.splits:
            self.facts += [found for value in whole.rows[0].values() if (found := as_float(value)) is not None]
            shown, said = self._parts(parts)
            sentences += said
        return Findings(
            text=" ".join(sentences),
            columns=self._columns(shown),
            rows=shown.rows,
            chart=self._chart(shown.rows),
            metrics=self.reading.metrics,
            facts=tuple(self.facts),
            assumptions=self._assumptions(),
            suggestions=self._suggestions(),
            compared_with=self.fair.before,
        )

    def _sentence(self, name: str, row: Row) -> str:
        """How much a metric changed, with both amounts and both periods."""
        now, before, change = (as_float(row[name + ending]) for ending in ("", "_before", "_change"))
        slots = {
            "metric": self.speech.title(name) + self._per(),
            "now": self._amount(name, now),
            "before": self._amount(name, before),
            "period": when(self.fair.now, self.speech),
            "other": when(self.fair.before, self.speech),
            "scope": scope(self.reading.where, self.speech),
        }
        if change is None:
            return self.speech.say("compare.not_known", **slots)
        key = "same" if change == 0 else "up" if change > 0 else "down"
        return self.speech.say(f"compare.{key}", change=self._change(name, row), **slots)

    def _counted_whole(self) -> list[str]:
        """The amounts with every hour, as other answers give them, where hours were left out to be fair."""
        whole = alike.compared(self.reading, replace(self.fair, until_hour=None), (), self.books)
        row = whole.rows[0] if whole else {}
        now, before = as_float(row.get(self.metric)), as_float(row.get(f"{self.metric}_before"))
        if now is None or before is None:
            return []
        self.facts += [now, before]
        amounts = {"now": self._amount(self.metric, now), "before": self._amount(self.metric, before)}
        return [self.speech.say("compare.counted_whole", metric=self.speech.title(self.metric), **amounts)]

    def _per(self) -> str:
        """What means are per, with a space in front; empty for no mean."""
        return f" {self.speech.say(f'metric.per_{self.grain}')}" if self.is_mean else ""

    def _change(self, name: str, row: Row) -> str:
        """A change with its percentage; of a rate in percentage points."""
        change, rate = abs(as_float(row[f"{name}_change"]) or 0), as_float(row[f"{name}_change_rate"])
        if self.books.catalogue.metric(name).unit == "ratio":
            self.facts.append(change * 100)
            return self.speech.say("compare.points", points=self.speech.number(change * 100, 1))
        if rate is None:
            return self._amount(name, change)
        shown = {"change": self._amount(name, change), "rate": self.speech.percent(abs(rate))}
        return self.speech.say("compare.with_rate", **shown)

    def _amount(self, name: str, value: float | None) -> str:
        unit = self.books.catalogue.metric(name).unit
        return self.speech.say("metric.not_known") if value is None else self.speech.value(value, unit)

    def _parts(self, parts: Compared) -> tuple[Compared, list[str]]:
        """The rows to show, and sentences on those that moved most and on how many there are."""
        table = Table(self.splits, self.reading.metrics, parts.columns, parts.rows)
        rows = self._in_order(table.meeting(self.reading.having).rows)
        most = self.reading.limit or (_DEFAULT_LIMIT if self.reading.order or self.reading.direction else None)
        shown = rows[:most]
        sentences = self._movers(rows)
        if len(shown) < len(rows):
            self.facts += [len(shown), len(rows)]
            total = self.speech.number(len(rows))
            total = total if parts.is_whole else self.speech.say("metric.or_more", count=total)
            sentences.append(self.speech.say("metric.cut", shown=self.speech.number(len(shown)), total=total))
        return Compared(parts.columns, shown, parts.is_whole), sentences

    def _in_order(self, rows: list[Row]) -> list[Row]:
        by_time = [name for name in self.splits if name in GRAINS]
        if by_time and self.reading.order is None:
            return sorted(rows, key=lambda row: tuple(str(row[name] or "") for name in self.splits))
        change = f"{self.metric}_change"
        if self.reading.direction is not None:
            wanted = 1 if self.reading.direction == "up" else -1
            went = [row for row in rows if wanted * (as_float(row[change]) or 0) > 0]
            return sorted(went, key=lambda row: -wanted * (as_float(row[change]) or 0))
        if self.reading.order is not None:
            sign = -1 if self.reading.order == "largest" else 1
            known = [row for row in rows if as_float(row[self.metric]) is not None]
            return sorted(known, key=lambda row: sign * (as_float(row[self.metric]) or 0))
        return sorted(rows, key=lambda row: -abs(as_float(row[change]) or 0))

    def _movers(self, rows: list[Row]) -> list[str]:
        """Who rose and who fell most."""
        change = f"{self.metric}_change"
        known = [row for row in rows if as_float(row[change])]
        sentences: list[str] = []
        for key, sign in (("most_up", 1), ("most_down", -1)):
            moved = [row for row in known if sign * (as_float(row[change]) or 0) > 0]
            if moved:
                row = max(moved, key=lambda each: sign * (as_float(each[change]) or 0))
                self.facts += [found for value in row.values() if (found := as_float(value)) is not None]
                name = place(row, self.splits, self.speech)
                amount = self._change(self.metric, row)
                sentences.append(self.speech.say(f"compare.{key}", name=name, change=amount))
        return sentences

    def _columns(self, shown: Compared) -> tuple[Column, ...]:
        headings = {column.name: self.speech.heading(column) for column in shown.columns}
        columns = [headings[name] for name in self.splits]
        for name in self.reading.metrics:
            column = headings[name]
            columns.append(column)
            for ending, unit in _UNITS.items():
                label = capital(self.speech.say(f"compare.column{ending}", metric=self.speech.metric(name)))
                columns.append(Column(name + ending, label, unit or column.unit, "metric"))
        return tuple(columns)

    def _chart(self, rows: list[Row]) -> Chart:
        if not rows:
            return Chart.NONE
        if not self.splits:
            return Chart.NUMBER
        return Chart.LINES if set(self.splits) & set(GRAINS) else Chart.BARS

    def _assumptions(self) -> tuple[str, ...]:
        found = []
        if self.fair.is_trimmed:
            found.append(self.speech.say("compare.trimmed"))
        if self.fair.runs:
            found.append(self.speech.say("compare.runs"))
        return tuple(found)

    def _suggestions(self) -> tuple[str, ...]:
        return metric.suggestions(self.reading, self.books, self.speech)
