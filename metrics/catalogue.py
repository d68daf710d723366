"""What can be asked: metrics, dimensions, periods and tables, with the words that people use for them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from retail.errors import UnusableRequest

GRAINS: Final[tuple[str, ...]] = ("day", "week", "month", "quarter", "year")
"""Periods that a metric can be split by; a week begins on Monday."""

WEEKDAYS: Final[tuple[str, ...]] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Values of `weekday`, in order."""

TIME_NAMES: Final[frozenset[str]] = frozenset({*GRAINS, "weekday"})
"""Everything that splits by time and belongs to every metric with a history."""

MetricKind = Literal["period", "now", "close", "open"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A number with one definition.

    Attributes:
        name: Its name in queries.
        label: Its name on screen.
        description: Its meaning in one or two sentences.
        unit: `currency`, `count`, `units`, `ratio` or `days`.
        additivity: What its values may be added up over.
        synonyms: Other words for it, in small letters.
        kind: `period` adds up or is computed over a period; `now` knows the present only; `close` and `open` are the
            level at the end or beginning of each period.
        dimensions: Short names of the dimensions it can be split by, to MetricFlow's names.
        needs_any_table: Tables of the retail model; where no source gives any of them it is unknown.
        needs_values: Marts and expressions over them, from the definitions; where one is always null it is unknown.
        is_sensitive: Whether it tells cost, margin or the value of stock.
        tables: Marts that it is computed from.
        time_columns: Each of them with the column that says when, a business day.
    """

    name: str
    label: str
    description: str
    unit: str
    additivity: str
    synonyms: tuple[str, ...]
    kind: MetricKind
    dimensions: Mapping[str, str]
    needs_any_table: tuple[str, ...]
    needs_values: tuple[tuple[str, str], ...]
    is_sensitive: bool
    tables: tuple[str, ...]
    time_columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_history(self) -> bool:
        """Whether it can be asked for a period and split by one."""
        return self.kind != "now"

    @property
    def splits(self) -> tuple[str, ...]:
        """Everything it can be split by: dimensions, then periods."""
        return (*self.dimensions, *((*GRAINS, "weekday") if self.has_history else ()))


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that metrics can be split by. `is_number` tells values that are numbers, such as the hour."""

    name: str
    label: str
    description: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """A column of a published table, with the tests that hold it."""

    name: str
    type: str
    description: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A published table.

    Attributes:
        name: Name in the schema `marts`.
        description: What a row is.
        columns: In the table's order.
        tests: Tests on the table as a whole.
        rows: Rows in the published run; none where the run does not say.
        lineage: Every step from a source to the table as (from, to), names as dbt has them.
    """

    name: str
    description: str
    columns: tuple[ModelColumn, ...]
    tests: tuple[str, ...]
    rows: int | None
    lineage: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that a published run can be asked.

    Attributes:
        run_id: The published run.
        metrics: By name.
        dimensions: By short name.
        models: Published tables by name.
        as_of: The business day that counts as today.
        first_date: First business day with sales; none where there are no sales.
        last_date: Last business day with sales.
        currency: Reporting currency, ISO 4217.
        unknown: Metrics that this run cannot know, with the reason.
        newest: Marts that metrics are computed from, with the newest business day in each.
    """

    run_id: str
    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]
    models: Mapping[str, Model]
    as_of: date
    first_date: date | None
    last_date: date | None
    currency: str
    unknown: Mapping[str, str]
    newest: Mapping[str, date] = field(default_factory=dict)

    def fresh_to(self, name: str) -> date | None:
        """The newest business day that all marts behind a metric have; none where one of them is empty."""
        days = [self.newest.get(table) for table in self.metrics[name].time_columns]
        known = [day for day in days if day is not None]
        return min(known) if known and len(known) == len(days) else None

    @property
    def grains(self) -> tuple[str, ...]:
        """Periods that metrics can be split by."""
        return GRAINS

    def metric(self, name: str) -> Metric:
        """The metric of that name or synonym.

        Raises:
            UnusableRequest: There is none; the nearest names are in the message.
        """
        wanted = normalise(name)
        by_word = {word: metric for metric in self.metrics.values() for word in metric.synonyms}
        found = self.metrics.get(wanted.replace(" ", "_")) or by_word.get(wanted)
        if found is None:
            near = nearest(wanted.replace(" ", "_"), self.metrics) + nearest(wanted, by_word)
            names = list(dict.fromkeys(by_word[n].name if n in by_word else n for n in near))[:4]
            raise UnusableRequest(f"There is no metric {name[:80]!r}. {_suggest(names)}")
        return found

    def dimension(self, name: str) -> str:
        """The short name of a dimension or period, whatever the case.

        Raises:
            UnusableRequest: There is none; the nearest names are in the message.
        """
        wanted = normalise(name).replace(" ", "_")
        if wanted not in self.dimensions and wanted not in TIME_NAMES:
            near = nearest(wanted, [*self.dimensions, *TIME_NAMES])
            raise UnusableRequest(f"There is no dimension {name[:80]!r}. {_suggest(near)}")
        return wanted


def normalise(word: str) -> str:
    """A word as it is looked up: small letters, single spaces."""
    return " ".join(word.lower().replace("-", " ").split())


def nearest(word: str, names: Mapping[str, object] | list[str]) -> list[str]:
    """Names that look like the word, the nearest first."""
    return difflib.get_close_matches(word, list(names), 4, 0.5)


def _suggest(names: list[str]) -> str:
    return f"Did you mean {', '.join(names)}?" if names else "`tillsight metrics list` shows what there is."
