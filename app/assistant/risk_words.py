"""What is said of stock that may run out: three short sentences at most; the table has the details."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

from app.assistant import planning
from app.assistant.books import Books
from app.assistant.reading import Reading
from app.assistant.speech import Speech
from app.assistant.stretches import Stretch
from app.assistant.wording import scope
from forecasting.replenishment.tables import REORDER_DRAFTS
from metrics.result import Row

_TOLD: Final = 3


class Grade(IntEnum):
    """How likely something is to run out within the days asked for."""

    SAFE = 0
    POSSIBLE = 1
    LIKELY = 2


class Words:
    """The words for one list of what may run out.

    Attributes:
        rows: The rows of the table, in order.
        grades: The grade of each.
        stretch: The days that they are about.
        reading: What was asked.
        speech: The language.
    """

    def __init__(
        self, rows: Sequence[Row], grades: Sequence[Grade], stretch: Stretch, reading: Reading, speech: Speech
    ) -> None:
        self.rows, self.grades, self.stretch, self.reading, self.speech = rows, grades, stretch, reading, speech
        self._facts = [float(stretch.ends.day), float(stretch.ends.year)]

    @property
    def facts(self) -> tuple[float, ...]:
        """Numbers said so far that no row holds."""
        return tuple(self._facts)

    def sentence(self, key: str, **parts: object) -> str:
        """A template with the last day and the filters in it."""
        where = scope(self.reading.where, self.speech)
        return self.speech.say(f"stockout.{key}", day=self.speech.day(self.stretch.ends), scope=where, **parts)

    def text(self) -> str:
        """How many, which first, and what is under way for them; of a single row all of it."""
        if len(self.rows) == 1:
            return self._one(self.rows[0], self.grades[0])
        told = [row for row, grade in zip(self.rows, self.grades, strict=True) if grade]
        if not told:
            return self.sentence("nothing")
        return " ".join([self._counts(), self._first(told), self._plans(told)])

    def _counts(self) -> str:
        likely = [row for row, grade in zip(self.rows, self.grades, strict=True) if grade is Grade.LIKELY]
        possible = self._number(sum(grade is Grade.POSSIBLE for grade in self.grades))
        out = sum(planning.number_of(row, "available") <= 0 for row in likely)
        if not likely:
            return self.sentence("possible", possible=possible)
        parts = {
            "out": self.speech.say("stockout.out_already", out=self._number(out)) if out else "",
            "more": "" if possible == "0" else self.speech.say("stockout.more", possible=possible),
        }
        return self.sentence("likely", likely=self._number(len(likely)), **parts)

    def _first(self, told: Sequence[Row]) -> str:
        places = Counter(str(row["product"]) for row in told)
        first: dict[str, Row] = {}
        for row in told:
            first.setdefault(str(row["product"]), row)
        items = [self._item(row, places[name]) for name, row in list(first.items())[:_TOLD]]
        return self.speech.say("stockout.first", items="; ".join(items))

    def _plans(self, told: Sequence[Row]) -> str:
        plans = Counter(row["plan"] for row in told)
        drafts, idle = (plans[self.speech.say(f"stockout.plan_{name}")] for name in ("draft", "none"))
        key = "plans" if idle else "plans_every" if drafts == len(told) else "plans_all"
        return self.speech.say(f"stockout.{key}", drafts=self._number(drafts), idle=self._number(idle))

    def _number(self, count: int) -> str:
        self._facts.append(float(count))
        return self.speech.number(count)

    def _item(self, row: Row, places: int) -> str:
        """A row in words; `places` counts the rows of the same product."""
        store = str(row["store"])
        if places > 1:
            store = self.speech.say("stockout.places", store=store, others=self._number(places - 1))
        return self._of(row, ("item_out", "item", "item_early", "item_undated"), store=store)

    def _one(self, row: Row, grade: Grade) -> str:
        """A single row: its chance, or whether it runs out by the day asked for."""
        if self.stretch.column is not None:
            keys = ("one_out", "one", "one_early", "one_undated")
        else:
            keys = {
                Grade.LIKELY: ("one_out", "one_likely", "one_likely", "one_likely"),
                Grade.POSSIBLE: ("one_out", "one_possible", "one_possible", "one_possible"),
                Grade.SAFE: ("one_out", "one_safe", "one_safe_early", "one_safe_undated"),
            }[grade]
        chance = row.get("risk")
        self._facts += [planning.NEARLY_ONE, 1 - planning.NEARLY_ONE]
        risk = "" if chance is None else planning.chance(chance, self.speech)
        return self._of(row, keys, store=str(row["store"]), plan=row["plan"], risk=risk)

    def _of(self, row: Row, keys: tuple[str, str, str, str], **parts: object) -> str:
        """A row by what is known of it: out already, an expected date, only an early one, none."""
        out, dated, early, undated = keys
        days = {"expected": row["stockout_date"], "early": row["early_stockout_date"]}
        shown = {name: self.speech.day(day) if isinstance(day, date) else "" for name, day in days.items()}
        key = dated if shown["expected"] else early if shown["early"] else undated
        key = out if planning.number_of(row, "available") <= 0 else key
        return self.sentence(key, product=row["product"], **parts, **shown)


def assumptions(words: Words, books: Books) -> tuple[str, ...]:
    """How the chance was reckoned, what comes first, which model it rests on and how well."""
    stretch, speech = words.stretch, words.speech
    begins = stretch.ends - timedelta(days=stretch.days - 1)
    key = "assume_risk" if stretch.column else "assume_by_dates"
    said = [words.sentence(key, days=speech.number(stretch.days), begins=speech.day(begins))]
    if not stretch.is_asked:
        said.append(speech.say("stockout.assume_most", days=speech.number(stretch.days)))
    said += [speech.say("stockout.assume_dates"), speech.say("stockout.assume_order")]
    models = books.rows(REORDER_DRAFTS, ("model_name",), limit=1).rows if books.holds(REORDER_DRAFTS) else []
    if models and models[0]["model_name"]:
        said.append(speech.say("stockout.assume_model", model=models[0]["model_name"]))
    weak = sum(row["evidence"] != "ok" for row in words.rows)
    if weak:
        said.append(speech.say("stockout.assume_evidence", count=speech.number(weak)))
    return tuple(said)
