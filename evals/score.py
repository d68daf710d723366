"""What comes of a question, judged against its gold.

    right                the answer agrees with the gold: kind, metric, filters, period, rows and their order
    silent_wrong         an answer that disagrees with the gold, or an answer to what cannot or must not be answered
    clarified            asked back where an answer was possible: acceptable, and not right
    clarified_rightly    asked back where the question is ambiguous or cannot be answered as it stands
    clarified_wrongly    asked back where only a refusal would do (an action, a person, a secret)
    refused_rightly      refused what cannot or must not be answered, or said plainly that the sources do not hold it
    refused_wrongly      refused where an answer, or a question back, was possible, or no number without saying why
    failed               neither answered nor refused: an error that is no refusal

An answer is right if its kind is one of the question's, its metric, period and filters are those of one of the golds,
and its rows hold the gold's values: to a millionth, and never more than half a cent apart. Rankings have to be in the
gold's order, where ties may stand in any order; further columns are allowed, further rows are not. Where a question
has several meanings, every one of them is a gold. An answer with a period that nobody said has to say so.
The silent-wrong share is over all questions, the right share over answerable ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from evals.checks import CHECKS, check_of
from evals.gold.truth import Truth
from evals.question import Question
from evals.seen import Seen, number


class Outcome(StrEnum):
    """What came of a question."""

    RIGHT = "right"
    SILENT_WRONG = "silent_wrong"
    CLARIFIED = "clarified"
    CLARIFIED_RIGHTLY = "clarified_rightly"
    CLARIFIED_WRONGLY = "clarified_wrongly"
    REFUSED_RIGHTLY = "refused_rightly"
    REFUSED_WRONGLY = "refused_wrongly"
    FAILED = "failed"


LACKING: Final = (
    "on_hand", "available", "reserved", "on_order", "stock_value", "days_of_cover", "lasts_days", "stockout_rate",
    "risk", "order_quantity", "gross_margin", "gross_margin_rate", "cost_of_goods_sold", "tax_amount",
)  # fmt: skip
"""What takes stock, costs or taxes, which Complete Journey does not have."""
GOOD: Final = frozenset({Outcome.RIGHT, Outcome.CLARIFIED_RIGHTLY, Outcome.REFUSED_RIGHTLY})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a question, and why it is not what it should be."""

    outcome: Outcome
    why: str = ""


def judge(question: Question, seen: Seen, truth: Truth) -> Verdict:
    """Judge the answer to a question, or to the last turn of a conversation."""
    if seen.kind == "clarify":
        return _asked_back(question)
    if seen.kind == "refuse":
        return _refused(question, seen)
    if question.expect == "missing":
        return _missing(question, seen)
    if not question.gold:
        return Verdict(Outcome.SILENT_WRONG, f"answered as {seen.kind} what cannot be answered")
    if question.kinds and seen.kind not in question.kinds:
        return Verdict(Outcome.SILENT_WRONG, f"kind: {seen.kind} instead of {' or '.join(question.kinds)}")
    reasons = [CHECKS[check_of(gold, question.kinds)](seen, gold, truth) for gold in question.gold]
    if None in reasons:
        return Verdict(Outcome.RIGHT)
    return Verdict(Outcome.SILENT_WRONG, str(reasons[0]))


def _asked_back(question: Question) -> Verdict:
    match question.expect:
        case "clarify" | "clarify_or_refuse":
            return Verdict(Outcome.CLARIFIED_RIGHTLY)
        case "refuse":
            return Verdict(Outcome.CLARIFIED_WRONGLY, "asked back")
        case _:
            return Verdict(Outcome.CLARIFIED, "asked back")


def _refused(question: Question, seen: Seen) -> Verdict:
    reason = str(seen.document["refusal"])
    if question.expect in {"refuse", "clarify_or_refuse"}:
        return Verdict(Outcome.REFUSED_RIGHTLY)
    if question.expect == "missing" and reason == "missing":
        return Verdict(Outcome.REFUSED_RIGHTLY)
    return Verdict(Outcome.REFUSED_WRONGLY, f"refused: {reason}")


def _missing(question: Question, seen: Seen) -> Verdict:
    if wrong := _invented(seen):
        return Verdict(Outcome.SILENT_WRONG, wrong)
    if wrong := _unsaid(question, seen):
        return Verdict(Outcome.REFUSED_WRONGLY, wrong)
    return Verdict(Outcome.REFUSED_RIGHTLY)


def _invented(seen: Seen) -> str | None:
    """Whether there is a number of what the sources lack."""
    found = [name for row in seen.rows for name in LACKING if number(row.get(name)) is not None]
    return f"invented: {found[0]}" if found else None


def _unsaid(question: Question, seen: Seen) -> str | None:
    """Whether it is not said what is missing."""
    said = " ".join((seen.text, *map(str, seen.document["warnings"]))).lower()
    return None if question.lacks and question.lacks in said else f"unsaid: that there is no {question.lacks}"
