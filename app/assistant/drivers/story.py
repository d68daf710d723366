"""An explanation in two to five sentences: what changed, and what goes together with it. Never what caused it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.assistant.drivers.bridge import Driver
from app.assistant.drivers.explain import Explanation
from app.assistant.drivers.movers import Movement, Mover, lead
from app.assistant.drivers.table import named
from app.assistant.speech import Speech, capital
from metrics.catalogue import Metric

_WORTH_SAYING: Final = Decimal("0.1")
"""Share of the change from which a driver is named; the largest one always is."""
_MOST_TERMS: Final = 3
_MOST_AGAINST: Final = 2
_UNITS_OF_LEVELS: Final = {
    Driver.TRANSACTIONS: "count",
    Driver.UNITS_PER_TRANSACTION: "units",
    Driver.BASKET: "currency",
    Driver.DISCOUNTS: "currency",
    Driver.RETURNS: "currency",
}


@dataclass(slots=True)
class Story:
    """Sentences about a change, with the numbers that they say and the table does not hold.

    Attributes:
        metric: What changed.
        speech: The language.
        facts: Numbers said.
    """

    metric: Metric
    speech: Speech
    facts: list[float] = field(default_factory=list)

    def amount(self, value: Decimal) -> str:
        """An amount of the metric's unit; a difference of shares in points."""
        self.facts.append(float(value))
        return self.speech.value(float(value), self.metric.unit)

    def difference(self, value: Decimal, is_signed: bool = True) -> str:
        """A difference: with its sign, or its size alone."""
        size = abs(value)
        if self.metric.unit == "ratio":
            self.facts.append(float(size) * 100)
            text = self.speech.say("drivers.points", number=self.speech.number(float(size) * 100, 1))
        else:
            text = self.amount(size)
        return f"{'+' if value > 0 else '-'}{text}" if is_signed else text

    def changed(self, found: Explanation, scope: str, period: str, baseline: str) -> str:
        """What it was, what it is, and by how much that is less or more."""
        before, after, change = found.before or Decimal(0), found.after or Decimal(0), found.change
        key = "less" if change < 0 else "more" if change > 0 else "same"
        size = self.difference(change, is_signed=False)
        if before > 0 and self.metric.unit != "ratio":
            share = abs(float(change / before))
            self.facts.append(share)
            size = self.speech.say("drivers.by_share", change=size, share=self.speech.percent(share))
        return self.speech.say(
            f"drivers.{key}",
            metric=capital(self.speech.metric(self.metric.name)),
            scope=scope,
            after=self.amount(after),
            before=self.amount(before),
            period=period,
            baseline=baseline,
            change=size,
        )

    def drivers(self, found: Explanation) -> str | None:
        """The largest drivers: those that point where the change goes, then those that point against it."""
        ranked = sorted(found.parts.items(), key=lambda item: -abs(item[1]))
        along = self._worth([item for item in ranked if item[1] * found.change > 0], found.change)[:_MOST_TERMS]
        against = self._worth([item for item in ranked if item[1] * found.change < 0], found.change)[:_MOST_AGAINST]
        terms, opposed = self._terms(along, found), self._terms(against, found)
        if not terms:
            return None
        key = "together_against" if opposed else "together"
        return self.speech.say(f"drivers.{key}", terms=terms, opposed=opposed)

    def lead(self, found: Explanation, is_day: bool) -> tuple[str, str] | None:
        """The sentence on the one value that tells most of the change, and its dimension; none where there is none.

        An hour of the day tells something of a day, and nothing of many.
        """
        movements = [item for item in found.movements if is_day or item.dimension != "hour"]
        first = lead(movements, found.before or Decimal(0), found.change)
        if first is None:
            return None
        dimension, mover = first
        sentence = self.speech.say(
            "drivers.lead",
            dimension=self.speech.dimension(dimension),
            name=named(dimension, mover, self.speech),
            after=self.amount(mover.after),
            before=self.amount(mover.before),
        )
        return sentence, dimension

    def movers(self, item: Movement, most: int = 2) -> str | None:
        """Who fell and who rose most within a dimension."""
        by_change = sorted(item.movers, key=lambda mover: mover.change)
        down = self._movers(item, (mover for mover in by_change[:most] if mover.change < 0))
        up = self._movers(item, (mover for mover in reversed(by_change[-most:]) if mover.change > 0))
        key = "fell_and_rose" if down and up else "fell" if down else "rose"
        if not down and not up:
            return None
        parts = {"dimension": self.speech.dimension(item.dimension), "down": down, "up": up}
        return self.speech.say(f"drivers.{key}", **parts)

    def _movers(self, item: Movement, movers: Iterable[Mover]) -> str:
        return self.speech.list(
            [
                self.speech.say(
                    "drivers.name_amount",
                    name=named(item.dimension, mover, self.speech),
                    amount=self.difference(mover.change),
                )
                for mover in movers
            ]
        )

    def _worth(self, ranked: list[tuple[Driver, Decimal]], change: Decimal) -> list[tuple[Driver, Decimal]]:
        least = _WORTH_SAYING * abs(change)
        return [item for index, item in enumerate(ranked) if not index or abs(item[1]) >= least]

    def _terms(self, drivers: list[tuple[Driver, Decimal]], found: Explanation) -> str:
        return self.speech.list([self._term(driver, amount, found) for driver, amount in drivers])

    def _term(self, driver: Driver, amount: Decimal, found: Explanation) -> str:
        what = self.speech.say(f"drivers.{driver}_{'down' if amount < 0 else 'up'}")
        shown = self.difference(amount)
        if driver not in found.levels:
            return self.speech.say("drivers.term", what=what, amount=shown)
        unit, digits = _UNITS_OF_LEVELS[driver], 2
        before, after = found.levels[driver]
        self.facts += [float(before), float(after)]
        texts = {
            name: self.speech.number(float(level), digits) if unit == "units" else self.speech.value(float(level), unit)
            for name, level in (("before", before), ("after", after))
        }
        return self.speech.say("drivers.term_levels", what=what, amount=shown, **texts)
