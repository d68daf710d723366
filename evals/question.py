"""The questions: YAML files in `questions/open` and `questions/held_out`, in groups that share a right answer."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from retail.vocabulary import Role

FOLDER: Final = Path(__file__).parent / "questions"
PARTS: Final = {"open": "open", "held-out": "held_out"}
DEFAULT_WORKSPACE: Final = "demo-sample"

Expect = Literal["answer", "clarify", "refuse", "clarify_or_refuse", "missing"]
Check = Literal[
    "table", "comparison", "drivers", "digest", "risk", "out_now", "drafts", "slow", "unsold", "customers", "price",
    "supplier_of", "supplies", "lead_time", "forecast", "promotions", "deliveries", "definition", "freshness", "stores",
    "abilities",
]  # fmt: skip
Span = str | tuple[date, date]


class GoldSpec(BaseModel):
    """What a right answer says, in words of the evals' own.

    Attributes:
        check: How the answer is judged; a table of metrics where nothing else is said.
        measure: The metric that ranks and is compared.
        also: Further metrics that the answer has to show.
        by: What it is split by.
        where: Values that it is held to.
        period: A name of `gold.periods`, first and last day, or `unsaid`.
        periods: Several that are all right.
        versus: The period compared with, or several that are all right.
        rank: Which come first.
        top: How many rows were asked for.
        share: Whether shares of the whole are asked for.
        average: The grain that a mean is taken over.
        having: Metric, operator and value that the rows' metric is held to.
        topic: `new` or `returning` of customers.
        product: A product's name, for facts about one.
        supplier: A supplier's name.
        days: Days ahead.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: Check | None = None
    measure: str | None = None
    also: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    where: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    period: Span | None = None
    periods: tuple[Span, ...] = ()
    versus: Span | list[Span] | None = None
    rank: Literal["largest", "smallest"] | None = None
    top: int | None = None
    share: bool = False
    average: Literal["day", "week", "month"] | None = None
    having: tuple[str, Literal["<", "<=", ">", ">="], float] | None = None
    topic: Literal["new", "returning"] | None = None
    product: str | None = None
    supplier: str | None = None
    days: int | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every period that is right."""
        return self.periods or (() if self.period is None else (self.period,))

    @property
    def held(self) -> dict[str, tuple[str, ...]]:
        """`where` with every value in a tuple."""
        return {name: (value,) if isinstance(value, str) else value for name, value in self.where.items()}


class Asker(BaseModel):
    """Who asks: a role, and the stores that they may see (none means all)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role = Role.SUPERADMIN
    stores: tuple[str, ...] = ()


class Question(BaseModel):
    """A question, or a conversation whose last turn is judged.

    Attributes:
        name: Suite, group and number.
        suite: The suite it belongs to.
        part: `open` or `held-out`.
        workspace: The demo that it is asked about.
        turns: What is asked, in order.
        asker: Who asks.
        expect: What should come of it. `missing`: an answer or refusal that says plainly what the sources lack.
        kinds: Kinds of answer that are right.
        gold: Right answers; one of them is enough.
        lacks: Where the sources do not hold it: what they lack, in a word that the answer has to say.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    suite: str
    part: str
    workspace: str
    turns: tuple[str, ...]
    asker: Asker
    expect: Expect
    kinds: tuple[str, ...]
    gold: tuple[GoldSpec, ...]
    lacks: str | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether an answer is what should come of it."""
        return self.expect == "answer"


def load(part: str = "all", suite: str | None = None) -> list[Question]:
    """The questions of one part (`open`, `held-out`) or `all`, of one suite or of every one, in a steady order."""
    chosen = list(PARTS) if part == "all" else [part]
    return [
        question
        for name in chosen
        for path in sorted((FOLDER / PARTS[name]).glob("*.yaml"))
        if suite is None or path.stem == suite
        for question in _of_file(path, name)
    ]


def suites() -> list[str]:
    """Names of the suites."""
    return sorted({path.stem for part in PARTS.values() for path in (FOLDER / part).glob("*.yaml")})


def _of_file(path: Path, part: str) -> list[Question]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: list[Question] = []
    numbers: Counter[str] = Counter()
    for group in document["groups"]:
        turns = [(ask,) for ask in group.get("ask", [])] + [tuple(turn) for turn in group.get("turns", [])]
        gold = [GoldSpec.model_validate(spec) for spec in _listed(group.get("gold", []))]
        found += [
            Question(
                name=f"{document['suite']}/{group['id']}/{numbers[group['id']] + number}",
                suite=document["suite"],
                part=part,
                workspace=document.get("workspace", DEFAULT_WORKSPACE),
                turns=asked,
                asker=Asker.model_validate(group.get("as", {})),
                expect=group.get("expect", "answer"),
                kinds=tuple(_listed(group.get("kind", []))),
                gold=tuple(gold),
                lacks=group.get("lacks"),
            )
            for number, asked in enumerate(turns, start=1)
        ]
        numbers[group["id"]] += len(turns)
    return found


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]
