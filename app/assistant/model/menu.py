"""What a model is offered with a question: the part of the catalogue that the question's words lead to.

Names in the data never reach the model: words of the question that name a product or a store are offered under an id
(`V1`), and the id is turned back into the value here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

from app.assistant import dates
from app.assistant.books import Books
from app.assistant.local import LocalPlanner
from app.assistant.local.naming import FilterMention
from app.assistant.local.pieces import Piece
from app.assistant.local.sheet import Sheet
from app.assistant.question import Question
from app.assistant.reading import Period, Reading
from metrics import Catalogue, Filter
from metrics.catalogue import GRAINS

MOST_METRICS: Final = 16
MOST_SPLITS: Final = 12
MOST_VALUES: Final = 8
BEFORE: Final = "of the question before"
"""Stands for the words of values that the question before was held to."""

_USUAL_METRICS: Final = (
    "net_sales", "units_sold", "transactions", "average_basket", "gross_margin", "gross_margin_rate",
    "discount_amount", "units_returned", "on_hand", "stock_value", "stockout_rate", "customers",
)  # fmt: skip
_USUAL_SPLITS: Final = ("product", "category", "store", "day", "week", "month", "weekday", "hour", "supplier", "brand")
INTENTS: Final = ("compare", "drivers", "stockout", "reorder", "slow_movers", "digest", "largest", "smallest")
"""What an unknown word may stand for besides names; `texts/model.yaml` has a word for each."""
_ALIKE: Final = 80.0


@dataclass(frozen=True, slots=True)
class Offered:
    """Words of the question that name something in the data.

    Attributes:
        words: As they stand in the question.
        options: What they may name, as filters on one dimension; one of them is meant.
        is_excluded: Whether the question leaves it out: "without", "except".
    """

    words: str
    options: tuple[Filter, ...]
    is_excluded: bool = False

    @property
    def dimension(self) -> str:
        """What sort of thing it is."""
        return self.options[0].dimension


@dataclass(frozen=True, slots=True)
class Menu:
    """Everything that a model may choose from for one question.

    Attributes:
        catalogue: Where metrics and dimensions come from.
        is_day_over: Whether the business day that counts as today is over.
        metrics: Names of metrics, the likeliest first.
        splits: Dimensions and grains.
        values: By id.
        periods: Periods that the question names, with the words that name them.
        compared: Words that speak of the other side of a comparison, such as "vs the year before".
        is_ranked: Whether the question speaks of best, worst or a number of rows.
        unknown: Words that the lexicon does not know, or that the local planner could not place.
        spoken: Words of the question that name metrics or splits, with what they may stand for.
        kept: The local reading, where it goes on from the question before: what it takes over stays.
    """

    catalogue: Catalogue
    is_day_over: bool
    metrics: tuple[str, ...]
    splits: tuple[str, ...]
    values: Mapping[str, Offered]
    periods: tuple[tuple[str, Period], ...]
    compared: tuple[str, ...]
    is_ranked: bool
    unknown: tuple[str, ...]
    spoken: tuple[tuple[str, frozenset[str]], ...]
    kept: Reading | None

    @property
    def elements(self) -> tuple[str, ...]:
        """What an unknown word may stand for."""
        return (*self.metrics, *self.splits, *INTENTS)

    def named(self, name: str) -> Period:
        """The period of a canonical name.

        Raises:
            ValueError: There is none.
        """
        return dates.named(name, self.catalogue.as_of, self.is_day_over, self.catalogue.first_date)


def lay_out(question: Question, books: Books, language: str, previous: Reading | None, hinted: Reading) -> Menu:
    """What to offer for a question.

    Args:
        question: The question.
        books: Names that there are for the person.
        language: Language of the question.
        previous: How the question before was read: its names stay on offer.
        hinted: How the local planner reads it: its names are on offer.
    """
    catalogue = books.catalogue
    zone = ZoneInfo(books.workspace.describe().default_time_zone)
    laid_out = LocalPlanner().sheet(question, books, language)
    pieces = laid_out.pieces
    readings = [hinted, *(choice.reading for choice in hinted.choices), *((previous,) if previous else ())]
    spoken = tuple((piece.text, names) for piece in pieces if (names := frozenset(_named(piece))))
    of_words = [name for _, names in spoken for name in sorted(names)]
    allowed = _allowed(books)
    metrics = _first_of(
        MOST_METRICS,
        allowed,
        of_words,
        (name for reading in readings for name in reading.metrics),
        _alike(question, catalogue, allowed),
        _USUAL_METRICS,
    )
    splits = _first_of(
        MOST_SPLITS,
        {*catalogue.dimensions, *GRAINS, "weekday"},
        of_words,
        (name for reading in readings for name in reading.by),
        _USUAL_SPLITS,
    )
    return Menu(
        catalogue=catalogue,
        is_day_over=books.now.astimezone(zone).date() > books.today,
        metrics=metrics,
        splits=splits,
        values=dict(_values(laid_out, previous)),
        periods=tuple((piece.text, piece.period.period) for piece in pieces if piece.period and piece.period.period),
        compared=tuple(piece.text for piece in pieces if piece.period and piece.period.relative),
        is_ranked=bool(laid_out.ranks),
        unknown=tuple(dict.fromkeys((*(piece.text for piece in pieces if piece.is_unknown), *hinted.unmapped))),
        spoken=spoken,
        kept=hinted if hinted.inherited else None,
    )


def _allowed(books: Books) -> frozenset[str]:
    metrics = books.catalogue.metrics.values()
    return frozenset(metric.name for metric in metrics if books.tells_money or not metric.is_sensitive)


def _first_of(most: int, allowed: Iterable[str], *sources: Iterable[str]) -> tuple[str, ...]:
    known = frozenset(allowed)
    names = dict.fromkeys(name for source in sources for name in source if name in known)
    return tuple(names)[:most]


def _named(piece: Piece) -> Iterator[str]:
    """Metrics, dimensions and grains that words may stand for."""
    for tag in (tag for tags in piece.meanings for tag in tags):
        prefix, _, name = tag.partition(":")
        if prefix in {"metric", "dimension", "grain", "by"}:
            yield name


def _alike(question: Question, catalogue: Catalogue, allowed: frozenset[str]) -> list[str]:
    """Metrics with a name or synonym that looks like part of the question, the nearest first."""
    names = {
        word: metric.name
        for metric in catalogue.metrics.values()
        if metric.name in allowed
        for word in (metric.label.lower(), *metric.synonyms)
    }
    found = process.extract(question.text.lower(), list(names), scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE)
    return [names[word] for word, _, _ in found]


def _values(laid_out: Sheet, previous: Reading | None) -> Iterable[tuple[str, Offered]]:
    offered = [item for mention in laid_out.filters for item in _of(mention)]
    offered += [Offered(BEFORE, (item,)) for item in (previous.where if previous else ())]
    return ((f"V{number}", item) for number, item in enumerate(offered[:MOST_VALUES], 1))


def _of(mention: FilterMention) -> Iterable[Offered]:
    """What words may name: several things of one dimension under one id, things of two under two."""
    by_dimension: dict[str, list[Filter]] = {}
    for option in mention.options:
        by_dimension.setdefault(option.dimension, []).append(option)
    return (Offered(mention.text, tuple(found), mention.is_excluded) for found in by_dimension.values())
