"""What a run of the evals comes to: shares, latency, suites and failures, as a document and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from evals.run import Judged
from evals.score import GOOD, Outcome

GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "single_query": frozenset({"metric", "compare", "stockout", "reorder", "slow_movers", "customers", "lookup"}),
    "drivers_and_digest": frozenset({"drivers", "digest"}),
}
"""Kinds by how much they ask of the metrics; each has its own bar of latency."""

_HELD_OUT: Final = "held-out"


def document(judged: Sequence[Judged], planner: str, left_out: Sequence[str] = ()) -> dict[str, Any]:
    """A run as one document. Held-out questions that went wrong are told by suite and reason, never by their words."""
    suites = dict.fromkeys((item.question.suite, item.question.part) for item in judged)
    return {
        "planner": planner,
        **_shares(judged),
        "read_by": dict(Counter(item.planner for item in judged)),
        "latency_ms": _latency(judged),
        "suites": [
            {
                "suite": suite,
                "part": part,
                **_shares([j for j in judged if (j.question.suite, j.question.part) == (suite, part)]),
            }
            for suite, part in suites
        ],
        "failures": [_failure(item) for item in judged if item.verdict.outcome not in GOOD],
        "left_out": list(left_out),
    }


def table(report: Mapping[str, Any]) -> list[str]:
    """A report as lines of text."""
    heads = ("suite", "questions", "right", "silent wrong", "clarified", "refused rightly", "refused wrongly", "failed")
    rows = [_cells(f"{suite['suite']} ({suite['part']})", suite) for suite in report["suites"]]
    rows.append(_cells("all", report))
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (heads, *rows)]
    return [*lines, "", *_summary(report)]


def _cells(name: str, counts: Mapping[str, Any]) -> tuple[str, ...]:
    clarified = counts["clarified"] + counts["clarified_rightly"] + counts["clarified_wrongly"]
    numbers = (counts["questions"], counts["right"], counts["silent_wrong"], clarified)
    refused = (counts["refused_rightly"], counts["refused_wrongly"], counts["failed"])
    return (name, *(str(number) for number in (*numbers, *refused)))


def _summary(report: Mapping[str, Any]) -> list[str]:
    lines = [
        f"silent wrong {report['silent_wrong_share']:.1%} of {report['questions']} questions",
        f"right {report['right_share']:.1%} of {report['answerable']} answerable questions",
        f"refused or asked back rightly {report['declined_share']:.1%} of {report['unanswerable']} others",
    ]
    for name, found in report["latency_ms"].items():
        lines.append(f"{name}: p50 {found['p50']:.0f} ms, p95 {found['p95']:.0f} ms")
    return lines


def _shares(judged: Sequence[Judged]) -> dict[str, Any]:
    counts = Counter(item.verdict.outcome for item in judged)
    answerable = [item for item in judged if item.question.is_answerable]
    others = [item for item in judged if not item.question.is_answerable]
    return {
        "questions": len(judged),
        "answerable": len(answerable),
        "unanswerable": len(others),
        **{str(outcome): counts[outcome] for outcome in Outcome},
        "right_share": _share(item.verdict.outcome is Outcome.RIGHT for item in answerable),
        "silent_wrong_share": _share(item.verdict.outcome is Outcome.SILENT_WRONG for item in judged),
        "declined_share": _share(item.verdict.outcome in GOOD for item in others),
    }


def _share(held: Iterable[bool]) -> float:
    found = list(held)
    return sum(found) / len(found) if found else 0.0


def _latency(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    by_kind: dict[str, list[float]] = {}
    for item in judged:
        if item.latency_ms is not None:
            by_kind.setdefault(item.kind, []).append(item.latency_ms)
    every = {"all": [number for numbers in by_kind.values() for number in numbers]}
    groups = {name: [n for kind in kinds for n in by_kind.get(kind, [])] for name, kinds in GROUPS.items()}
    return {name: _quantiles(numbers) for name, numbers in (every | groups | by_kind).items() if numbers}


def _quantiles(numbers: Sequence[float]) -> dict[str, float]:
    middle, high = np.percentile(numbers, [50, 95])
    return {"p50": round(float(middle), 1), "p95": round(float(high), 1), "answers": len(numbers)}


def _failure(item: Judged) -> dict[str, Any]:
    """A failure; of a held-out question its suite and the sort of failure alone."""
    question, verdict = item.question, item.verdict
    found = {"suite": question.suite, "part": question.part, "outcome": str(verdict.outcome)}
    if question.part == _HELD_OUT:
        return {**found, "why": verdict.why.partition(":")[0]}
    return {**found, "question": question.name, "turns": list(question.turns), "kind": item.kind, "why": verdict.why}
