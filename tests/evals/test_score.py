"""The judge finds a wrong answer wrong: right answers pass, and every way of spoiling them is noticed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from evals.gold.raw import RawFiles
from evals.gold.truth import Truth
from evals.question import Asker, GoldSpec, Question
from evals.score import Outcome, judge
from evals.seen import Seen

Document = dict[str, Any]


class SmallTruth(Truth):
    """The truth of the small shop, which has nothing published but what a test says."""

    def __init__(self, raw: RawFiles) -> None:
        self.raw = raw
        self.published: dict[str, pd.DataFrame] = {}
        self._decided: set[str] = {"D2"}
        self._known: dict[Any, Any] = {}


@pytest.fixture
def truth(raw: RawFiles) -> Truth:
    return SmallTruth(raw)


def _question(gold: GoldSpec | None, *kinds: str, expect: Any = "answer") -> Question:
    return Question(
        name="s/g/1", suite="s", part="open", workspace="w", turns=("?",), asker=Asker(), expect=expect, kinds=kinds,
        gold=() if gold is None else (gold,),
    )  # fmt: skip


def _document(**parts: Any) -> Document:
    empty: Document = {
        "kind": "metric", "topic": None, "text": "Said.", "rows": [], "metrics": ["net_sales"], "dimensions": [],
        "filters": [], "period": {"from": "2026-03-11", "to": "2026-03-12"}, "compared_with": None, "assumptions": [],
        "refusal": None, "definitions": [], "warnings": [],
    }  # fmt: skip
    return {**empty, **parts}


def _outcome(question: Question, document: Document, truth: Truth) -> Outcome:
    return judge(question, Seen(document, (), truth.labels), truth).outcome


TOTAL = GoldSpec(measure="net_sales", period="last_2_days")
RANKED = GoldSpec(measure="units_sold", by=("product",), period="last_2_days", rank="largest", top=2)
SPLIT = GoldSpec(measure="net_sales", by=("store",), period="last_2_days")
NORTH = GoldSpec(measure="net_sales", where={"store": "North"}, period="last_2_days")
DAYS = GoldSpec(measure="net_sales", period="today", versus="yesterday")
WHY = GoldSpec(measure="net_sales", period="today", versus=["day_before"])
TODAY = {"from": "2026-03-12", "to": "2026-03-12"}
YESTERDAY = {"from": "2026-03-11", "to": "2026-03-11"}


def _total() -> Document:
    return _document(rows=[{"net_sales": 13.5}])


def _ranked() -> Document:
    rows = [{"product": "Apples", "units_sold": 4.0}, {"product": "Bread", "units_sold": 3.0}]
    return _document(metrics=["units_sold"], dimensions=["product"], rows=rows)


def _split() -> Document:
    rows = [{"store": "North", "net_sales": 8.5}, {"store": "West", "net_sales": 5.0}]
    return _document(dimensions=["store"], rows=rows)


def _north() -> Document:
    filters = [{"dimension": "store", "operator": "=", "value": "North"}]
    return _document(filters=filters, rows=[{"net_sales": 8.5}])


def _days() -> Document:
    rows = [{"period": "now", "net_sales": 3.0}, {"period": "then", "net_sales": 10.5}]
    return _document(kind="compare", period=TODAY, compared_with=YESTERDAY, rows=rows)


def _why() -> Document:
    rows = [
        {"split": "Total", "driver": "Net sales", "before": 10.5, "after": 3.0, "contribution": -7.5},
        {"split": "Store", "driver": "North", "before": 10.5, "after": -2.0, "contribution": -12.5},
        {"split": "Store", "driver": "West", "before": 0.0, "after": 5.0, "contribution": 5.0},
    ]
    return _document(kind="drivers", period=TODAY, compared_with=YESTERDAY, rows=rows)


RIGHT: list[tuple[GoldSpec, str, Callable[[], Document]]] = [
    (TOTAL, "metric", _total),
    (RANKED, "metric", _ranked),
    (SPLIT, "metric", _split),
    (NORTH, "metric", _north),
    (DAYS, "compare", _days),
    (WHY, "drivers", _why),
]


@pytest.mark.parametrize(("gold", "kind", "make"), RIGHT)
def test_a_right_answer_is_right(gold: GoldSpec, kind: str, make: Callable[[], Document], truth: Truth) -> None:
    assert _outcome(_question(gold, kind), make(), truth) is Outcome.RIGHT


@pytest.mark.parametrize(("gold", "kind", "make"), RIGHT)
def test_a_cent_more_is_wrong(gold: GoldSpec, kind: str, make: Callable[[], Document], truth: Truth) -> None:
    for place, row in enumerate(make()["rows"]):
        for name in (name for name, value in row.items() if isinstance(value, float)):
            spoilt = copy.deepcopy(make())
            spoilt["rows"][place][name] += 0.02
            assert _outcome(_question(gold, kind), spoilt, truth) is Outcome.SILENT_WRONG, (place, name)


@pytest.mark.parametrize(("gold", "kind", "make"), RIGHT)
def test_the_answer_to_another_question_is_wrong(
    gold: GoldSpec, kind: str, make: Callable[[], Document], truth: Truth
) -> None:
    other_days = {"from": "2026-03-04", "to": "2026-03-05"}
    filtered = [{"dimension": "category", "operator": "=", "value": "Fruit"}]
    for change in (
        {"period": other_days},
        {"period": None},
        {"metrics": ["gross_margin"]},
        {"kind": "lookup"},
        {"filters": filtered},
        {"rows": []},
    ):
        assert _outcome(_question(gold, kind), make() | change, truth) is Outcome.SILENT_WRONG, change


@pytest.mark.parametrize(("gold", "make"), [(DAYS, _days), (WHY, _why)])
def test_another_baseline_is_wrong(gold: GoldSpec, make: Callable[[], Document], truth: Truth) -> None:
    spoilt = make() | {"compared_with": {"from": "2026-03-05", "to": "2026-03-05"}}
    assert _outcome(_question(gold, make()["kind"]), spoilt, truth) is Outcome.SILENT_WRONG


def test_a_lost_filter_a_lost_row_and_a_wrong_order_are_wrong(truth: Truth) -> None:
    assert _outcome(_question(NORTH, "metric"), _north() | {"filters": []}, truth) is Outcome.SILENT_WRONG
    for make, gold in ((_ranked, RANKED), (_split, SPLIT)):
        short = make() | {"rows": make()["rows"][:1]}
        assert _outcome(_question(gold, "metric"), short, truth) is Outcome.SILENT_WRONG
    turned = _ranked() | {"rows": _ranked()["rows"][::-1]}
    assert _outcome(_question(RANKED, "metric"), turned, truth) is Outcome.SILENT_WRONG


def test_further_columns_are_allowed_and_further_rows_are_not(truth: Truth) -> None:
    more = _split()
    for row in more["rows"]:
        row["transactions"] = 99
    assert _outcome(_question(SPLIT, "metric"), more, truth) is Outcome.RIGHT
    more["rows"].append({"store": "South", "net_sales": 1.0})
    assert _outcome(_question(SPLIT, "metric"), more, truth) is Outcome.SILENT_WRONG


def test_a_period_that_nobody_said_has_to_be_said(truth: Truth) -> None:
    gold = GoldSpec(measure="net_sales", period="unsaid")
    answer = _total() | {"period": {"from": "2026-02-13", "to": "2026-03-12"}}
    assert _outcome(_question(gold, "metric"), answer, truth) is Outcome.SILENT_WRONG
    assert _outcome(_question(gold, "metric"), answer | {"assumptions": ["Of 28 days."]}, truth) is Outcome.RIGHT


def test_a_persons_own_store_need_not_be_named(truth: Truth) -> None:
    seen = Seen(_north() | {"filters": []}, (), truth.labels, frozenset({"North"}))
    assert judge(_question(NORTH, "metric"), seen, truth).outcome is Outcome.RIGHT


@pytest.mark.parametrize(
    ("expect", "kind", "wanted"),
    [
        ("answer", "clarify", Outcome.CLARIFIED),
        ("answer", "refuse", Outcome.REFUSED_WRONGLY),
        ("clarify", "clarify", Outcome.CLARIFIED_RIGHTLY),
        ("clarify", "refuse", Outcome.REFUSED_WRONGLY),
        ("clarify", "metric", Outcome.SILENT_WRONG),
        ("refuse", "refuse", Outcome.REFUSED_RIGHTLY),
        ("refuse", "clarify", Outcome.CLARIFIED_WRONGLY),
        ("refuse", "metric", Outcome.SILENT_WRONG),
        ("clarify_or_refuse", "clarify", Outcome.CLARIFIED_RIGHTLY),
        ("clarify_or_refuse", "refuse", Outcome.REFUSED_RIGHTLY),
        ("clarify_or_refuse", "metric", Outcome.SILENT_WRONG),
    ],
)
def test_asking_back_and_refusing_are_judged_by_what_was_expected(
    expect: str, kind: str, wanted: Outcome, truth: Truth
) -> None:
    question = _question(TOTAL if expect == "answer" else None, "metric", expect=expect)
    assert _outcome(question, _total() | {"kind": kind, "refusal": "words"}, truth) is wanted


def test_what_the_sources_lack_has_to_be_said_and_no_number_given(truth: Truth) -> None:
    question = _question(None, "metric", expect="missing").model_copy(update={"lacks": "cost"})
    assert _outcome(question, _total() | {"kind": "refuse", "refusal": "missing"}, truth) is Outcome.REFUSED_RIGHTLY
    assert _outcome(question, _total() | {"kind": "refuse", "refusal": "words"}, truth) is Outcome.REFUSED_WRONGLY
    said = _document(text="No source tells the cost.", metrics=["gross_margin"], rows=[{"gross_margin": None}])
    assert _outcome(question, said, truth) is Outcome.REFUSED_RIGHTLY
    assert _outcome(question, said | {"text": "It is not known."}, truth) is Outcome.REFUSED_WRONGLY
    assert _outcome(question, said | {"rows": [{"gross_margin": 5.0}]}, truth) is Outcome.SILENT_WRONG


def test_a_draft_that_was_decided_or_changed_is_noticed(truth: Truth) -> None:
    columns = ["draft_id", "product", "store", "supplier", "order_quantity"]
    drafts = [("D1", "Apples", "North", "Farm", 12.0), ("D2", "Bread", "North", "Mill", 6.0)]
    truth.published["fct_reorder_drafts"] = pd.DataFrame(drafts, columns=columns)
    question = _question(GoldSpec(check="drafts"), "reorder")
    row = {"product": "Apples", "store": "North", "order_quantity": 12.0}
    decided = {"product": "Bread", "store": "North", "order_quantity": 6.0}
    answer = _document(kind="reorder", rows=[row])
    assert _outcome(question, answer, truth) is Outcome.RIGHT
    assert _outcome(question, answer | {"rows": [row | {"order_quantity": 11.0}]}, truth) is Outcome.SILENT_WRONG
    assert _outcome(question, answer | {"rows": [row, decided]}, truth) is Outcome.SILENT_WRONG


def test_a_chance_that_was_not_published_or_a_likely_one_left_out_is_noticed(truth: Truth) -> None:
    columns = ["product", "store", "risk_7_days", "risk_14_days", "risk_28_days"]
    chances = [("Apples", "North", 0.1, 0.6, 0.9), ("Bread", "West", 0.0, 0.2, 0.4)]
    truth.published["fct_stock_risk"] = pd.DataFrame(chances, columns=columns)
    question = _question(GoldSpec(check="risk"), "stockout")
    row = {"product": "Apples", "store": "North", "risk": 0.6}
    answer = _document(kind="stockout", topic="risk", period=None, rows=[row])
    assert _outcome(question, answer, truth) is Outcome.RIGHT
    assert _outcome(question, answer | {"rows": [row | {"risk": 0.61}]}, truth) is Outcome.SILENT_WRONG
    assert _outcome(question, answer | {"rows": []}, truth) is Outcome.SILENT_WRONG
    assert _outcome(question, answer | {"topic": "out_now"}, truth) is Outcome.SILENT_WRONG
    another_week = answer | {"period": {"from": "2026-03-13", "to": "2026-03-19"}}
    assert _outcome(question, another_week, truth) is Outcome.SILENT_WRONG
