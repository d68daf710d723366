"""The answer contract: what pages, the command line and the digest get, whoever planned the question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from app.assistant.findings import Findings, PageLink
from app.assistant.reading import Kind, Period, Reading


class Tier(StrEnum):
    """How far an answer can be trusted."""

    VERIFIED = "verified"
    """A question that a person has checked."""
    METRIC = "metric"
    """Understood by a planner, computed from the metrics."""
    EXPLORATORY = "exploratory"
    """SQL that somebody wrote."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric means."""

    name: str
    label: str
    description: str
    unit: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything needed to check it.

    Attributes:
        question: As it was asked, on one line.
        language: Language of the text, such as `en`.
        reading: What was understood.
        tier: How far it can be trusted.
        planner: Who understood it: `local`, `model` or `verified`.
        findings: Text, table, picture, suggestions.
        sql: Every statement that ran, in order.
        definitions: Meaning of each metric shown.
        lineage: Published tables that were read, and those that the definitions rest on.
        as_of: The business day that counts as today.
        published_at: When the data were published.
        run_id: The published run.
        warnings: Plain sentences that belong beside the numbers.
        notes: Plain sentences on how it was planned, such as an endpoint that did not answer.
        latency_ms: From the question to the answer.
        sent: What was sent to an endpoint, word for word; empty where nothing was.
    """

    question: str
    language: str
    reading: Reading
    tier: Tier
    planner: str
    findings: Findings
    sql: tuple[str, ...]
    definitions: tuple[Definition, ...]
    lineage: tuple[str, ...]
    as_of: date
    published_at: datetime
    run_id: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    latency_ms: float
    sent: str = ""

    @property
    def kind(self) -> Kind:
        """What sort of answer it is."""
        return self.reading.kind

    def document(self) -> dict[str, Any]:
        """The answer as the JSON document of `tillsight ask --json`."""
        reading, found = self.reading, self.findings
        return {
            "kind": str(reading.kind),
            "topic": reading.topic,
            "tier": str(self.tier),
            "text": found.text,
            "columns": [column.name for column in found.columns],
            "rows": found.rows,
            "chart": str(found.chart),
            "sql": ";\n\n".join(self.sql),
            "metrics": list(reading.metrics or found.metrics),
            "dimensions": list(reading.by),
            "filters": [item.model_dump(mode="json") for item in reading.where],
            "period": _period(reading.period),
            "compared_with": _period(found.compared_with or reading.compare_with),
            "as_of": self.as_of,
            "warnings": list(self.warnings),
            "assumptions": list(found.assumptions),
            "clarify": [choice.label for choice in found.choices] if reading.kind is Kind.CLARIFY else [],
            "refusal": None if reading.refusal is None else str(reading.refusal),
            "suggestions": list(found.suggestions),
            "definitions": [
                {"name": d.name, "label": d.label, "description": d.description, "unit": d.unit}
                for d in self.definitions
            ],
            "lineage": list(self.lineage),
            "inherited": list(reading.inherited),
            "page": _address(found.page),
            "planner": self.planner,
            "language": self.language,
            "notes": list(self.notes),
            "run_id": self.run_id,
            "published_at": self.published_at,
            "latency_ms": round(self.latency_ms, 1),
        }


def _period(period: Period | None) -> dict[str, object] | None:
    if period is None:
        return None
    return {"from": period.first, "to": period.last, "name": period.name, "is_partial": period.ends is not None}


def _address(link: PageLink | None) -> str | None:
    if link is None:
        return None
    return f"/{link.page}" + (f"?{urlencode(link.address)}" if link.address else "")
