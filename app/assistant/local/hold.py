"""What a reading holds of a question, gathered while it is made. What it does not hold, it did not understand."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date

from app.assistant import dates
from app.assistant.local.naming import PRODUCT_LIKE, FilterMention
from app.assistant.local.sheet import Mention, PeriodMention, Rank, Sheet, Split, Uses
from app.assistant.reading import Period, Reading
from metrics import Catalogue, Filter


@dataclass(frozen=True, slots=True)
class Context:
    """What is known besides the question.

    Attributes:
        catalogue: What can be asked.
        today: The business day that counts as today.
        is_day_over: Whether that day is over.
        previous: How the question before was read.
    """

    catalogue: Catalogue
    today: date
    is_day_over: bool
    previous: Reading | None = None

    def named(self, name: str) -> Period:
        """The period of a canonical name."""
        return dates.named(name, self.today, self.is_day_over, self.catalogue.first_date)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A reading of a question, and what of the question it accounts for."""

    reading: Reading
    uses: Uses


class Hold:
    """Takes things of a question one after the other and remembers which."""

    def __init__(self, sheet: Sheet, context: Context) -> None:
        self.sheet = sheet
        self.context = context
        self.uses: set[tuple[int, str]] = set()
        self.assumptions: list[str] = []
        self.terse: str | None = None

    def cue(self, *names: str) -> bool:
        """Whether one of these cues stands in the question; all of them are taken."""
        found = [self.sheet.cue(name) for name in names]
        for uses in found:
            self.uses |= uses
        return any(found)

    def take(self, uses: Uses) -> None:
        """Take what a thing stands for."""
        self.uses |= uses

    def assume(self, name: str) -> None:
        """Note what is taken for granted."""
        key = f"assumption.{name}"
        if key not in self.assumptions:
            self.assumptions.append(key)

    def metrics(self) -> tuple[str, ...]:
        """Every metric that is named; one to rank by goes first."""
        mentions = sorted(self._proper_metrics(), key=lambda mention: not mention.is_ranking)
        for mention in mentions:
            self.take(mention.uses)
        return tuple(dict.fromkeys(mention.name for mention in mentions))

    def _proper_metrics(self) -> list[Mention]:
        """Metrics that are named, without "units" where that only says what another one is counted in."""
        mentions, units = self.sheet.metrics, self.context.catalogue.metrics
        counted = any(units[m.name].unit == "units" and not self._is_unit(m) for m in mentions)
        for mention in mentions:
            if counted and self._is_unit(mention):
                self.take(frozenset({(mention.at, "cue:unit")}))
        return [mention for mention in mentions if not (counted and self._is_unit(mention))]

    def _is_unit(self, mention: Mention) -> bool:
        return self.sheet.pieces[mention.at].has("cue:unit")

    def ranking_metric(self) -> Mention | None:
        """The metric after "by"."""
        return next((mention for mention in self.sheet.metrics if mention.is_ranking), None)

    def rank(self) -> Rank | None:
        """The rank, where there is one; of several that say the same, the one with a number."""
        ranks = self.sheet.ranks
        if not ranks or len({rank.order for rank in ranks}) > 1:
            return None
        numbered = [rank for rank in ranks if rank.limit is not None]
        if len({rank.limit for rank in numbered}) > 1:
            return None
        for rank in ranks:
            self.take(rank.uses)
        return numbered[0] if numbered else ranks[0]

    def splits(self, *hows: str) -> tuple[str, ...]:
        """What to split by, where it was said in one of these ways."""
        found = [split for split in self.sheet.splits if split.how in hows]
        names = {split.name for split in found}
        again = [split for split in self.bare() if split.name in names]
        for split in (*found, *again):
            self.take(split.uses)
        return tuple(dict.fromkeys(split.name for split in found))

    def bare(self) -> tuple[Split, ...]:
        """Dimensions that are named alone."""
        return tuple(split for split in self.sheet.splits if split.how == "bare")

    def where(self) -> tuple[Filter, ...]:
        """Every filter; several things of one dimension are held to together.

        Where things of two dimensions take turns ("milk in Lakeview and bread in Old Mill"), pairs are meant, which no
        filter says: nothing is taken then.
        """
        if self._takes_turns():
            return merged(self.sheet.filters)
        for item in self.sheet.filters:
            self.take(item.uses)
        self.cue("or") if _joins_one_dimension(self.sheet.filters) else None
        return merged(self.sheet.filters)

    def _takes_turns(self) -> bool:
        order = [_dimension(item) for item in self.sheet.filters if not item.is_excluded]
        order = [name for name, _ in itertools.groupby(order)]
        dated = [item.at for item in self.sheet.periods]
        named = [item.at for item in self.sheet.filters]
        is_between = len(dated) == 2 and len(named) > 1 and min(named) < dated[0] < max(named) < dated[1]
        return is_between or len(order) > len(set(order))

    def period(self) -> PeriodMention | None:
        """The one period that is named; none where none is, or several are."""
        plain = [item for item in self.sheet.periods if item.span.period is not None]
        if len(self.sheet.periods) != 1 or len(plain) != 1 or plain[0].span.problem is not None:
            return None
        self.take(plain[0].uses)
        if plain[0].span.is_assumed:
            self.assume("vague_period")
        return plain[0]

    def past(self, default: str | None = "last_28_days") -> Period | None:
        """The one period that is named, if it does not lie ahead; where none is, the usual one."""
        mention = self.period()
        if mention is not None and mention.span.is_future:
            self.uses -= mention.uses
            return None
        if mention is not None:
            return mention.span.period
        if self.sheet.periods or default is None:
            return None
        self.assume(default)
        return self.context.named(default)

    def fillers(self) -> None:
        """Take words for "things" beside the name of one: "Dairy products"."""
        named = {_dimension(item) for item in self.sheet.filters}
        named |= {split.name for split in self.sheet.splits if split.how == "which"} - {"product"}
        if named & PRODUCT_LIKE:
            for split in self.bare():
                if split.name == "product":
                    self.take(split.uses)

    def stock_words(self) -> None:
        """Take "stock" where it is what is asked about and no number that is asked for."""
        for mention in self.sheet.metrics:
            if mention.name == "on_hand":
                self.take(mention.uses)

    def attempt(self, reading: Reading) -> Attempt:
        """The reading with what it holds."""
        return Attempt(reading.model_copy(update={"assumptions": tuple(self.assumptions)}), frozenset(self.uses))


def _dimension(item: FilterMention) -> str:
    return item.options[0].dimension


def _joins_one_dimension(items: tuple[FilterMention, ...]) -> bool:
    return len(items) > 1 and len({_dimension(item) for item in items}) < len(items)


def merged(items: tuple[FilterMention, ...]) -> tuple[Filter, ...]:
    """Filters of a question: things of one dimension together, and each that is left out by itself."""
    kept: dict[str, list[object]] = {}
    others: list[Filter] = []
    for item in items:
        chosen = item.options[0]
        if item.is_excluded:
            others += [
                Filter(dimension=chosen.dimension, operator=_REVERSED[chosen.operator], value=value)
                for value in chosen.values
            ]
        elif chosen.operator in {"=", "in"}:
            kept.setdefault(chosen.dimension, []).extend(chosen.values)
        else:
            others.append(chosen)
    together = [_any_of(dimension, tuple(dict.fromkeys(values))) for dimension, values in kept.items()]
    return (*together, *dict.fromkeys(others))


_REVERSED = {"=": "!=", "in": "!=", "<": ">=", ">": "<=", "<=": ">", ">=": "<", "!=": "="}


def _any_of(dimension: str, values: tuple[object, ...]) -> Filter:
    content = {"dimension": dimension, "operator": "=" if len(values) == 1 else "in"}
    return Filter.model_validate({**content, "value": values[0] if len(values) == 1 else values})
