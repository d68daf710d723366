"""The sentences of a metric answer, and the numbers in them that no row holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from app.assistant.additivity import adds_up
from app.assistant.books import Books
from app.assistant.measure import fetch
from app.assistant.measure.calendar import as_day
from app.assistant.measure.fetch import SHARE
from app.assistant.measure.table import Table, is_in_time_order
from app.assistant.reading import Derived, MetricCondition, Reading
from app.assistant.speech import Speech
from app.assistant.wording import place, scope, when
from app.formats import as_float
from metrics.catalogue import GRAINS
from metrics.result import Row

_NAMED: Final = 3
"""Rows of a ranking that the text names."""


@dataclass(frozen=True, slots=True)
class Said:
    """What there is to say.

    Attributes:
        table: Rows that meet the conditions, in order, before the cut.
        all_rows: Rows before the conditions.
        shown: Rows that are shown.
        grain: What means are per; none for no mean.
        periods: How many periods the means are over.
        wholes: The wholes of shares.
    """

    table: Table
    all_rows: int = 0
    shown: int = 0
    grain: str | None = None
    periods: int = 0
    wholes: Sequence[Row] = field(default=())


Sentences = tuple[str, tuple[float, ...], tuple[str, ...]]
"""Text, facts, assumptions."""


def describe(said: Said, reading: Reading, books: Books, speech: Speech) -> Sentences:
    """Text, facts and assumptions of a metric answer."""
    writer = _Writer(said, reading, books, speech)
    table = said.table
    if reading.having:
        writer.conditions()
    if not table.rows:
        if not reading.having:
            writer.nothing()
    elif not table.splits:
        writer.one_number()
    elif len(table.splits) == 1 and is_in_time_order(table.splits) and table.splits[0] in GRAINS and not reading.order:
        writer.trend()
    else:
        writer.ranking()
    return " ".join(writer.sentences), tuple(writer.facts), tuple(writer.assumptions)


class _Writer:
    """Collects sentences, and the numbers in them that are in no row."""

    def __init__(self, said: Said, reading: Reading, books: Books, speech: Speech) -> None:
        self.said, self.reading, self.books, self.speech = said, reading, books, speech
        self.table = said.table
        self.metric = said.table.metrics[0]
        self.sentences: list[str] = []
        self.facts: list[float] = []
        self.assumptions: list[str] = []

    def say(self, key: str, **parts: object) -> str:
        """A template of this kind."""
        return self.speech.say(f"metric.{key}", **parts)

    def context(self) -> dict[str, object]:
        """The slots that most templates share."""
        return {
            "metric": self.speech.title(self.metric),
            "period": when(self.reading.period if self._has_history() else None, self.speech),
            "scope": scope(self.reading.where, self.speech),
            "splits": self.splits(),
            "per": self.per(),
        }

    def splits(self) -> str:
        """What rows are split by, in words."""
        return self.speech.list([self.speech.dimension(name) for name in self.table.splits])

    def per(self) -> str:
        """What means are per, with a space in front."""
        return f" {self.say(f'per_{self.said.grain}')}" if self.said.grain else ""

    def value(self, row: Row, name: str | None = None) -> str:
        """A value of a row as the text shows it; a share beside it where there is one."""
        name = name or self.metric
        unit = self.books.catalogue.metric(name).unit
        shown = self.speech.value(row[name], unit)
        if name + SHARE in row and self.table.splits:
            return self.say("with_share", share=self.speech.percent(row[name + SHARE]), value=shown)
        return shown

    def entry(self, row: Row, name: str | None = None) -> str:
        """A row in a list: `Dairy ($1,234)`."""
        return self.say("entry", name=place(row, self.table.splits, self.speech), value=self.value(row, name))

    def nothing(self) -> None:
        """No row at all."""
        self.sentences.append(self.say("nothing", **self.context()))

    def one_number(self) -> None:
        """A value, or several side by side."""
        row = self.table.rows[0]
        if as_float(row[self.metric]) is None:
            self.sentences.append(self.say("unknown", **self.context()))
        elif self.metric + SHARE in row:
            self._one_share(row)
        else:
            self.sentences.append(self.say("total", value=self.value(row), **self.context()))
        if self.said.grain:
            self.sentences.append(self._over_periods())
        for name in self.table.metrics[1:]:
            shown = self.value(row, name) if as_float(row[name]) is not None else self.say("not_known")
            self.sentences.append(self.say("also", metric=self.speech.title(name), value=shown))

    def _one_share(self, row: Row) -> None:
        whole = as_float(self.said.wholes[0][self.metric]) if self.said.wholes else None
        if whole is None or row[self.metric + SHARE] is None:
            self.sentences.append(self.say("unknown", **self.context()))
            return
        self.facts.append(whole)
        unit = self.books.catalogue.metric(self.metric).unit
        share = self.speech.percent(row[self.metric + SHARE])
        slots = self.context() | {"share": share, "value": self.value(row), "whole": self.speech.value(whole, unit)}
        self.sentences.append(self.say("share", **slots))

    def trend(self) -> None:
        """How a metric went over time. Periods that are cut off or not over are no highest or lowest."""
        (grain,) = self.table.splits
        days = fetch.days_of(self.reading.period, self.books)
        first_data = self.books.catalogue.first_date
        whole = [
            row for row in self.table.rows
            if as_float(row[self.metric]) is not None and days.holds(as_day(row[grain]), grain)
            and (first_data is None or as_day(row[grain]) >= first_data)
        ]  # fmt: skip
        if len(whole) < 2:
            self.ranking()
            return
        high = max(whole, key=lambda row: as_float(row[self.metric]) or 0)
        low = min(whole, key=lambda row: as_float(row[self.metric]) or 0)
        self.sentences.append(
            self.say("trend", **self.context(), high=self.entry(high), low=self.entry(low))
            if high[self.metric] != low[self.metric]
            else self.say("flat", **self.context(), value=self.value(high))
        )
        self.sentences.append(self.say("from_to", first=self.entry(whole[0]), last=self.entry(whole[-1])))
        left_out = len(self.table.rows) - len(whole)
        if left_out:
            self.assumptions.append(self.say("partial_left_out", splits=self.splits()))
        self._together()

    def ranking(self) -> None:
        """The first rows with their values, who shares the first place, who leads by the other metric."""
        named = [row for row in self.table.rows if as_float(row[self.metric]) is not None][:_NAMED]
        if not named:
            self.sentences.append(self.say("unknown", **self.context()))
            return
        key = {"largest": "highest", "smallest": "lowest", None: "breakdown"}[self.reading.order]
        if Derived.SHARE in self.reading.derived and self.reading.order is None:
            key = "shares"
        top = self.speech.list([self.entry(row) for row in named])
        self.sentences.append(self.say(key, top=top, **self.context()))
        if self.said.grain:
            self.sentences.append(self._over_periods())
        leaders = self.table.leaders()
        if self.reading.order and len(leaders) > 1:
            self.facts.append(len(leaders))
            self.sentences.append(self.say("tied", count=self.speech.number(len(leaders))))
        self._other_leader()
        self._together()
        self._cut()

    def _over_periods(self) -> str:
        self.facts.append(self.said.periods)
        return self.say(f"over_{self.said.grain}", count=self.speech.number(self.said.periods))

    def _other_leader(self) -> None:
        """Who leads by the second metric, where that is somebody else."""
        if len(self.table.metrics) < 2 or self.reading.order != "largest":
            return
        other = self.table.metrics[1]
        best = self.table.ranked(other, "largest").rows[0]
        amount = as_float(best[other])
        if amount is None or any(as_float(row[other]) == amount for row in self.table.leaders()):
            return
        self.facts.append(amount)
        self.sentences.append(self.say("other_leader", metric=self.speech.metric(other), entry=self.entry(best, other)))

    def _together(self) -> None:
        """The sum of a breakdown, where the parts make up the whole."""
        metric = self.books.catalogue.metric(self.metric)
        sums_up = adds_up(metric, self.table.splits) and self.table.is_whole and not self.said.grain
        if self.reading.order or self.reading.having or not sums_up or len(self.table.rows) < 2:
            return
        total = sum(self.table.values(self.metric))
        self.facts.append(total)
        self.sentences.append(self.say("together", value=self.speech.value(total, metric.unit)))

    def _cut(self) -> None:
        """How many rows there are, where fewer are shown; and whether the last one shown has equals."""
        rows, shown = self.table.rows, self.said.shown
        if shown >= len(rows):
            return
        self.facts.append(len(rows))
        key = "cut" if self.table.is_whole else "cut_at_least"
        self.sentences.append(self.say(key, shown=self.speech.number(shown), total=self.speech.number(len(rows))))
        last = as_float(rows[shown - 1][self.metric])
        equals = sum(1 for row in rows[shown:] if last is not None and as_float(row[self.metric]) == last)
        if equals:
            self.facts.append(equals)
            self.sentences.append(self.say("tied_at_cut", count=self.speech.number(equals)))

    def conditions(self) -> None:
        """How many rows meet the conditions."""
        met, every = len(self.table.rows), self.said.all_rows
        self.facts += [met, every]
        conditions = self.speech.list([self.condition(item) for item in self.reading.having])
        slots = self.context() | {"metric": self.speech.metric(self.metric)}
        numbers = {"count": self.speech.number(met), "total": self.speech.number(every)}
        self.sentences.append(self.say("conditions", conditions=conditions, **numbers, **slots))
        if any(item.operator in {"<", "<="} for item in self.reading.having):
            self.assumptions.append(self.say("only_with_rows"))

    def condition(self, item: MetricCondition) -> str:
        """One condition in words."""
        unit = self.books.catalogue.metric(item.metric).unit
        key = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "=": "equal"}[item.operator]
        return self.say(key, metric=self.speech.metric(item.metric), value=self.speech.value(item.value, unit))

    def _has_history(self) -> bool:
        return self.books.catalogue.metric(self.metric).has_history
