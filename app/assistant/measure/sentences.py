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
from app.assistant.measure.words import Words
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.assistant.wording import conditions_in_words
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
        leading: What was ranked over the whole period, where the rows show it over time.
        grain: What means are per; none for no mean.
        periods: How many periods the means are over: the least and the most of any row.
        wholes: The wholes of shares.
        without_zeros: Whether rows of zero were left out of a ranking from the smallest.
        without_partial: Whether periods that are not whole were left out of one.
        without_nameless: Whether rows without a value of a split were left out.
    """

    table: Table
    all_rows: int = 0
    shown: int = 0
    leading: Table | None = None
    grain: str | None = None
    periods: tuple[int, int] = (0, 0)
    wholes: Sequence[Row] = field(default=())
    without_zeros: bool = False
    without_partial: bool = False
    without_nameless: bool = False


Sentences = tuple[str, tuple[float, ...], tuple[str, ...]]
"""Text, facts, assumptions."""


def describe(said: Said, reading: Reading, books: Books, speech: Speech) -> Sentences:
    """Text, facts and assumptions of a metric answer."""
    writer = _Writer(said, Words(said.leading or said.table, reading, books, speech, said.grain))
    writer.write()
    return " ".join(writer.sentences), tuple(writer.facts), tuple(writer.assumptions)


class _Writer:
    """Collects sentences, and the numbers in them that are in no row."""

    def __init__(self, said: Said, words: Words) -> None:
        self.said, self.words = said, words
        self.table, self.metric = words.table, words.metric
        self.reading, self.books = words.reading, words.books
        self.sentences: list[str] = []
        self.facts: list[float] = []
        self.assumptions: list[str] = []

    def write(self) -> None:
        """Everything there is to say, by the shape of the table."""
        if self.reading.having:
            self._conditions()
        if not self.table.values(self.metric) and fetch.none_recorded(self.reading, self.books):
            self.sentences.append(self.words.sentence("none_recorded"))
        elif not self.table.rows:
            self.sentences += [] if self.reading.having else [self.words.sentence("nothing")]
        elif not self.table.values(self.metric):
            self.sentences.append(self.words.sentence("unknown"))
        elif not self.table.splits:
            self._one_number()
        elif is_in_time_order(self.table.splits) and len(self.table.splits) == 1 and not self.reading.order:
            self._over_time()
        else:
            self._ranking()
        self._left_out()

    def _one_number(self) -> None:
        """A value, or several side by side."""
        row = self.table.rows[0]
        if self.metric + SHARE in row:
            self._one_share(row)
        else:
            self.sentences.append(self.words.sentence("total", value=self.words.value(row)))
        self._over_periods()
        for name in self.table.metrics[1:]:
            known = as_float(row[name]) is not None
            shown = self.words.amount(row[name], name) if known else self.words.say("not_known")
            self.sentences.append(self.words.say("also", metric=self.words.speech.title(name), value=shown))

    def _one_share(self, row: Row) -> None:
        whole = as_float(self.said.wholes[0][self.metric]) if self.said.wholes else None
        if whole is None or row[self.metric + SHARE] is None:
            self.sentences.append(self.words.sentence("no_whole"))
            return
        self.facts.append(whole)
        self.sentences.append(
            self.words.sentence(
                "share",
                where=fetch.whole_where(self.reading),
                part=conditions_in_words(fetch.leaves_out(self.reading), self.words.speech),
                share=self.words.speech.percent(row[self.metric + SHARE]),
                value=self.words.amount(row[self.metric]),
                whole=self.words.amount(whole),
            )
        )

    def _over_time(self) -> None:
        """How a metric went over time. Periods that are cut off or not over are no highest or lowest."""
        (split,) = self.table.splits
        rows = [row for row in self.table.rows if as_float(row[self.metric]) is not None]
        whole = self._whole_periods(rows, split) if split in GRAINS else rows
        if len(whole) < 2:
            self._ranking()
            return
        by_value = sorted(whole, key=lambda row: as_float(row[self.metric]) or 0)
        low, high = by_value[0], by_value[-1]
        if low[self.metric] == high[self.metric]:
            self.sentences.append(self.words.sentence("flat", value=self.words.value(high)))
        else:
            entry = self.words.entry
            self.sentences.append(self.words.sentence("trend", high=entry(high), low=entry(low)))
        if split in GRAINS:
            ends = {"first": self.words.entry(whole[0]), "last": self.words.entry(whole[-1])}
            self.sentences.append(self.words.say("from_to", **ends))
        if len(whole) < len(rows):
            self.assumptions.append(self.words.say("partial_left_out", splits=self.words.splits()))
        self._over_periods()
        self._together()

    def _whole_periods(self, rows: Sequence[Row], grain: str) -> list[Row]:
        days = fetch.days_with_data(self.reading, self.books)
        return [row for row in rows if days.holds(as_day(row[grain]), grain)]

    def _ranking(self) -> None:
        """The first rows with their values, who shares the first place, who leads by the other metric."""
        table = self.table if self.reading.order else self.table.ranked(self.metric, "largest")
        named = [row for row in table.rows if as_float(row[self.metric]) is not None][:_NAMED]
        has_shares = any(self.metric + SHARE in row for row in named)
        key = {"largest": "highest", "smallest": "lowest", None: "breakdown"}[self.reading.order]
        if self.reading.having and self.reading.order is None:
            key = "of_them"
        if has_shares:
            where = fetch.whole_where(self.reading)
            self.sentences.append(self.words.sentence("shares", where=where, top=self.words.entries(named)))
            self._whole()
        else:
            self.sentences.append(self.words.sentence(key, top=self.words.entries(named)))
        self._over_periods()
        leaders = self.table.leaders()
        if self.reading.order and len(leaders) > 1:
            self._count("tied", len(leaders))
        self._other_leader()
        if not has_shares:
            self._together()
        self._cut()

    def _whole(self) -> None:
        if len(self.said.wholes) == 1 and (whole := as_float(self.said.wholes[0][self.metric])) is not None:
            self.facts.append(whole)
            self.sentences.append(self.words.say("the_whole", value=self.words.amount(whole)))

    def _over_periods(self) -> None:
        if self.said.grain is None:
            return
        least, most = self.said.periods
        self.facts += [least, most]
        numbers = [self.words.speech.number(count) for count in dict.fromkeys((least, most))]
        self.sentences.append(self.words.say(f"over_{self.said.grain}", count=self.words.speech.either(numbers)))

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
        metric = self.words.speech.metric(other)
        self.sentences.append(self.words.say("other_leader", metric=metric, entry=self.words.entry(best, other)))

    def _together(self) -> None:
        """The sum of a breakdown, where the parts make up the whole."""
        sums_up = adds_up(self.books.catalogue.metric(self.metric), self.table.splits) and self.table.is_whole
        if self.reading.order or self.reading.having or self.said.grain or not sums_up or len(self.table.rows) < 2:
            return
        total = sum(self.table.values(self.metric))
        self.facts.append(total)
        self.sentences.append(self.words.say("together", value=self.words.amount(total)))

    def _cut(self) -> None:
        """How many rows there are, where fewer are shown; and whether the last one shown has equals."""
        rows, shown = self.table.rows, self.said.shown
        if self.said.leading is not None:
            shown = min(len(rows), self.said.shown)
        if shown >= len(rows):
            return
        self.facts.append(len(rows))
        numbers = {"shown": self.words.speech.number(shown), "total": self._number(len(rows))}
        self.sentences.append(self.words.say("cut", **numbers))
        last = as_float(rows[shown - 1][self.metric])
        equals = sum(1 for row in rows[shown:] if last is not None and as_float(row[self.metric]) == last)
        if equals:
            self._count("tied_at_cut", equals)

    def _conditions(self) -> None:
        """How many rows meet the conditions."""
        met, every = len(self.table.rows), self.said.all_rows
        self.facts += [met, every]
        count, total = self.words.speech.number(met), self._number(every)
        conditions = self.words.conditions()
        self.sentences.append(self.words.sentence("conditions", conditions=conditions, count=count, total=total))
        if any(item.operator in {"<", "<="} for item in self.reading.having):
            self.assumptions.append(self.words.say("only_with_rows"))

    def _left_out(self) -> None:
        if self.said.without_nameless:
            self.assumptions.append(self.words.say("without_nameless", splits=self.words.splits()))
        if self.said.without_zeros:
            self.assumptions.append(self.words.say("without_zeros", metric=self.words.speech.metric(self.metric)))
        if self.said.without_partial:
            self.assumptions.append(self.words.say("without_partial", splits=self.words.splits()))

    def _count(self, key: str, count: int) -> None:
        self.facts.append(count)
        self.sentences.append(self.words.say(key, count=self._number(count)))

    def _number(self, count: int) -> str:
        """A number of rows; `10,000 or more` where there are more than a query returns."""
        shown = self.words.speech.number(count)
        return shown if self.said.table.is_whole else self.words.say("or_more", count=shown)
