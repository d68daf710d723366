"""What was understood of a question. The one contract between whoever plans it and whoever answers it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from metrics import Filter
from metrics.query import Operator

MOST_VALUES: Final = 200
"""Values that one filter of a reading may list: nobody says more, and each is told and compared."""


FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200
"""Years that a reading's periods may lie in, so that counting on from them stays within the calendar."""


class Kind(StrEnum):
    """What sort of answer is wanted.

    `metric`: numbers, split and ranked as asked. `compare`: two periods, or two or more values of a dimension.
    `drivers`: why a metric changed. `stockout`: what may run out. `reorder`: what to order. `slow_movers`: what hardly
    sells. `customers`: who buys. `digest`: a day or week in a few sentences. `lookup`: a fact about one thing.
    `clarify`: several readings, for the person to choose. `refuse`: no answer, with the reason.
    """

    METRIC = "metric"
    COMPARE = "compare"
    DRIVERS = "drivers"
    STOCKOUT = "stockout"
    REORDER = "reorder"
    SLOW_MOVERS = "slow_movers"
    CUSTOMERS = "customers"
    DIGEST = "digest"
    LOOKUP = "lookup"
    CLARIFY = "clarify"
    REFUSE = "refuse"


class Topic(StrEnum):
    """What exactly is wanted, where a kind covers several things."""

    RISK = "risk"
    """stockout: what may run out within the period ahead."""
    OUT_NOW = "out_now"
    """stockout: what is out of stock at this moment."""
    SLOW = "slow"
    """slow_movers: stock that would last longest at its rate of sale."""
    UNSOLD = "unsold"
    """slow_movers: stock without a sale in the period."""
    COUNT = "count"
    """customers: how many known customers bought."""
    NEW = "new"
    """customers: how many of them bought for the first time in the period."""
    RETURNING = "returning"
    """customers: how many of them had bought before the period."""
    PRICE = "price"
    """lookup: list price (and cost, for who may see it) of a product."""
    SUPPLIER = "supplier"
    """lookup: who supplies a product, or what a supplier supplies."""
    LEAD_TIME = "lead_time"
    """lookup: how long a supplier takes."""
    FORECAST = "forecast"
    """lookup: expected demand over the period ahead, with an interval."""
    PROMOTIONS = "promotions"
    """lookup: promotions that run in the period."""
    DELIVERIES = "deliveries"
    """lookup: open purchase orders and when they are expected."""
    OVERDUE = "overdue"
    """lookup: open purchase orders whose expected day is over, by supplier."""
    DEFINITION = "definition"
    """lookup: what a metric means."""
    FRESHNESS = "freshness"
    """lookup: how new the data are."""
    STORES = "stores"
    """lookup: which stores there are."""
    ABILITIES = "abilities"
    """lookup: what can be asked."""


class Derived(StrEnum):
    """What is reckoned from the rows, never from SQL."""

    SHARE = "share"
    DELTA = "delta"
    RATIO = "ratio"
    RANK = "rank"
    AVERAGE = "average"
    """The mean over the periods of the grain in `by`, as in "per day on average"."""


class Refusal(StrEnum):
    """Why there is no answer."""

    ACTION = "action"
    """It asks to change something; a page does that, and a person."""
    OUTSIDE = "outside"
    """It is not about the shop's data."""
    WORDS = "words"
    """Words in it were not understood, so any answer would be to another question."""
    MISSING = "missing"
    """The connected sources do not hold it."""
    PERSONAL = "personal"
    """It asks for who a customer or a colleague is."""
    ROLE = "role"
    """The role or the stores of the person do not allow it."""
    SECRET = "secret"  # noqa: S105  it names a reason
    """It asks for instructions, passwords or other workings."""
    UNSUPPORTED = "unsupported"
    """It was understood, and is nothing that can be computed yet."""


class Period(BaseModel):
    """A stretch of business days, both ends included.

    Attributes:
        name: A word that stands for it on any day (`last_week`, `last_28_days`, `next_14_days`), or `custom`.
        first: First business day.
        last: Last business day that is asked for and not after today, unless the period lies ahead.
        ends: Its last day by the calendar, where that is later than `last`: the period is not over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("custom", max_length=40)
    first: date
    last: date
    ends: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError("a period ends before it begins")
        return self

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1


class MetricCondition(BaseModel):
    """Rows whose metric compares like this are wanted, such as margin rate below 0.2. Ratios as shares of one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    operator: Literal["<", "<=", ">", ">=", "="]
    value: float


class Reading(BaseModel):
    """One reading of a question.

    Attributes:
        kind: What sort of answer is wanted.
        topic: What exactly, where the kind covers several things.
        metrics: Catalogue names, never synonyms; the first one ranks.
        by: Dimensions and time grains to split by, in order.
        where: Comparisons that all hold. Values are spelt as the data spell them.
        period: The days asked for; none where the metric knows the present only, or none is needed.
        compare_with: The other period of a comparison or an explanation.
        derived: What is reckoned from the rows.
        having: Conditions on metrics of the rows.
        order: Whether the largest or the smallest come first; none where rows are not ranked.
        limit: Rows wanted.
        direction: What a "why" question takes for granted, `down` or `up`; the answer says so where it is not so.
        unmapped: Words that stand for nothing known. Not empty only for `clarify` and `refuse`.
        refusal: Why there is no answer.
        unclear: What a clarification is about, such as a value that two products share.
        choices: Readings to choose from, for `clarify`; nearest things that can be asked, for `refuse`.
        assumptions: What was taken for granted, as keys of texts (`assumption.last_28_days`), shown with the answer.
        inherited: Names of the parts taken over from the question before: `metrics`, `by`, `period`, or a dimension.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    topic: Topic | None = None
    metrics: tuple[str, ...] = Field((), max_length=10)
    by: tuple[str, ...] = Field((), max_length=4)
    where: tuple[Filter, ...] = Field((), max_length=12)
    period: Period | None = None
    compare_with: Period | None = None
    derived: tuple[Derived, ...] = ()
    having: tuple[MetricCondition, ...] = Field((), max_length=4)
    order: Literal["largest", "smallest"] | None = None
    limit: int | None = Field(None, ge=1, le=1000)
    direction: Literal["down", "up"] | None = None
    unmapped: tuple[str, ...] = ()
    refusal: Refusal | None = None
    unclear: str | None = None
    choices: tuple[Choice, ...] = Field((), max_length=6)
    assumptions: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _years_are_near(self) -> Self:
        periods = [period for period in (self.period, self.compare_with) if period is not None]
        if any(p.first.year < FIRST_YEAR or (p.ends or p.last).year > LAST_YEAR for p in periods):
            raise ValueError(f"a period lies between the years {FIRST_YEAR} and {LAST_YEAR}")
        return self

    @model_validator(mode="after")
    def _lists_are_short(self) -> Self:
        if any(len(item.values) > MOST_VALUES for item in self.where):
            raise ValueError(f"a filter lists more than {MOST_VALUES} values")
        return self

    def filtered(self, dimension: str) -> tuple[str, ...]:
        """The values that a dimension is held to by `=` or `in`; empty where it is not."""
        found = [item for item in self.where if item.dimension == dimension and item.operator in {"=", "in"}]
        return tuple(str(value) for item in found for value in item.values)


class Choice(BaseModel):
    """Something to press: a question that says it in full, and how it would be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    reading: Reading


Reading.model_rebuild()

__all__ = ["Choice", "Derived", "Kind", "MetricCondition", "Operator", "Period", "Reading", "Refusal", "Topic"]
