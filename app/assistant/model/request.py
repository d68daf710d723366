"""What a model may reply: names from what it was offered, and nothing else. `build` makes a reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from app.assistant.dates.calendar import FIXED_NAMES
from app.assistant.model.menu import Menu
from app.assistant.reading import Refusal, Topic

PERIOD: Final = (
    rf"^({'|'.join(FIXED_NAMES)}|(last|next)_[1-9][0-9]{{0,3}}_(days|weeks|months)"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(/[0-9]{4}-[0-9]{2}-[0-9]{2})?)$"
)
"""A canonical name, a day, or a stretch of days `2026-06-01/2026-06-14`."""

COMPARED: Final = PERIOD.replace("^(", "^(previous|year_before|", 1)

PlannedKind = Literal[
    "metric", "compare", "drivers", "stockout", "reorder", "slow_movers", "customers", "digest", "lookup", "refuse"
]
"""Kinds that a model may choose. Whether to ask back is not its decision."""

_Word = Annotated[str, Field(max_length=60)]


class UnusablePlan(Exception):
    """The plan holds something that cannot be meant; the message tells the model what."""


class Condition(BaseModel):
    """Rows whose metric compares like this."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    operator: Literal["<", "<=", ">", ">=", "="]
    value: float


class Meaning(BaseModel):
    """What a word that the lexicon does not know stands for."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    word: str
    stands_for: str


class PlanRequest(BaseModel):
    """A question in the words of the catalogue. The one thing that a model can hand over.

    Attributes:
        kind: What sort of answer is wanted.
        topic: What exactly, where the kind covers several things.
        metrics: Names offered.
        by: Dimensions and grains offered.
        only: Ids of values to hold to.
        without: Ids of values to leave out.
        period: A canonical name or ISO days.
        compare_with: The same, or `previous`, `year_before`.
        order: Which come first.
        limit: How many rows.
        derived: A share of the total, or the mean over the periods in `by`.
        having: Conditions on metrics.
        direction: What a "why" takes for granted.
        meanings: What each word stands for that was marked as unknown.
        unmapped: Words of the question that the plan does not hold.
        refusal: Why there is no plan.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: PlannedKind
    topic: Topic | None = None
    metrics: tuple[str, ...] = Field((), max_length=4)
    by: tuple[str, ...] = Field((), max_length=3)
    only: tuple[str, ...] = Field((), max_length=6)
    without: tuple[str, ...] = Field((), max_length=6)
    period: str | None = Field(None, pattern=PERIOD)
    compare_with: str | None = Field(None, pattern=COMPARED)
    order: Literal["largest", "smallest"] | None = None
    limit: int | None = Field(None, ge=1, le=1000)
    derived: Literal["share", "average"] | None = None
    having: tuple[Condition, ...] = Field((), max_length=2)
    direction: Literal["down", "up"] | None = None
    meanings: tuple[Meaning, ...] = Field((), max_length=6)
    unmapped: tuple[_Word, ...] = Field((), max_length=8)
    refusal: Refusal | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, given: Any) -> Any:
        """Endpoints without a schema write out what they leave empty."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value not in (None, "", "none", "null")}


def shaped(menu: Menu) -> type[PlanRequest]:
    """The request with its names held to what was offered with the question."""
    metric, split, value = _one_of(menu.metrics), _one_of(menu.splits), _one_of(tuple(menu.values))
    condition = create_model("Condition", __base__=Condition, metric=(metric, ...))
    meaning = create_model(
        "Meaning", __base__=Meaning, word=(_one_of(menu.unknown), ...), stands_for=(_one_of(menu.elements), ...)
    )
    return create_model(
        "PlanRequest",
        __base__=PlanRequest,
        metrics=_listed(metric, menu.metrics, 4),
        by=_listed(split, menu.splits, 3),
        only=_listed(value, menu.values, 6),
        without=_listed(value, menu.values, 6),
        having=_listed(condition, menu.metrics, 2),
        meanings=_listed(meaning, menu.unknown, 6),
    )


def _one_of(names: Sequence[str]) -> Any:
    return Literal[tuple(names)] if names else str


def _listed(item: Any, offered: object, most: int) -> Any:
    """A field of a list; one that nothing was offered for stays empty."""
    return (tuple[item, ...], Field((), max_length=most if offered else 0))


def schema(request: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema that an endpoint is held to: without titles, descriptions, nulls, and fields that stay empty."""
    whole = _slim(request.model_json_schema())
    whole["properties"] = {n: field for n, field in whole["properties"].items() if field.get("maxItems") != 0}
    return dict(whole)


def _slim(node: Any) -> Any:
    if isinstance(node, list):
        return [_slim(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "anyOf" in node and len(kept := [item for item in node["anyOf"] if item.get("type") != "null"]) == 1:
        return _slim(kept[0])
    names_fields = "properties" in node
    slim = {key: _slim(value) for key, value in node.items() if key not in {"title", "description", "default"}}
    if names_fields:
        slim["properties"] = {name: _slim(field) for name, field in node["properties"].items()}
    return slim
