"""What no source tells is said in a manager's words, in their language, and the rest is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from app.assistant.reading import Derived, Period, Reading, Topic
from metrics import Metrics

WEEK = Period(name="last_week", first=date(2025, 6, 2), last=date(2025, 6, 8))
BEFORE = Period(first=date(2025, 5, 26), last=date(2025, 6, 1))
_NO_ROW = "no row of fct_sale_lines holds what it needs"
_NO_SOURCE = "no source gives stock_movements (files: no file for stock_movements)"
_ENGINEERS = ("fct_", "no row", "no source gives", "_movements")


@pytest.fixture
def without(small_metrics: Metrics, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make metrics unknown to the small demo, as a shop without such a source has it."""

    def lose(*names: str, reason: str = _NO_ROW) -> None:
        lost = small_metrics.catalogue.unknown | dict.fromkeys(names, reason)
        monkeypatch.setattr(small_metrics._run, "catalogue", replace(small_metrics.catalogue, unknown=lost))

    return lose


def of(*metrics: str, kind: str = "metric", **more: object) -> Reading:
    return Reading.model_validate({"kind": kind, "metrics": metrics, "period": WEEK, **more})


@pytest.mark.parametrize(
    ("metric", "english", "german"),
    [
        ("gross_margin_rate", "what things cost", "was die Ware kostet"),
        ("stock_value", "what things cost", "was die Ware kostet"),
        ("tax_amount", "No source tells the tax", "nennt die Steuer"),
        ("customers", "the customer on the ticket", "den Kunden auf dem Beleg"),
        ("promoted_sales", "under a promotion", "in einer Aktion"),
        ("on_order", "purchase orders", "nennt Bestellungen"),
        ("stock_value_at_close", "the stock day by day", "Tag für Tag"),
        ("mean_daily_units", "the stock day by day", "Tag für Tag"),
    ],
)
def test_what_is_missing_is_named_in_both_languages_and_in_no_engineers_words(
    answer_of, without, metric: str, english: str, german: str
) -> None:
    without(metric)
    for language, words in (("en", english), ("de", german)):
        found = answer_of(of(metric), language=language)
        assert words in found.text
        assert not found.rows
        assert not any(word in found.text for word in _ENGINEERS)


def test_without_any_stock_the_stock_is_what_is_missing(answer_of, without) -> None:
    without("on_hand", "stock_value", "stock_value_at_close", reason=_NO_SOURCE)
    for metric in ("stock_value", "stock_value_at_close"):
        assert answer_of(of(metric)).text.startswith("No source tells the stock,")


def test_the_rest_of_the_question_is_answered_and_no_english_warning_stands_beside_it(
    answer_of, without, small_metrics
) -> None:
    without("gross_margin")
    found = answer_of(of("gross_margin", "net_sales", by=("store",)), language="de")
    assert found.text.startswith("Keine Quelle nennt, was die Ware kostet; nicht bekannt: Rohertrag. Nettoumsatz")
    assert {column.name for column in found.columns} == {"store", "net_sales"}


def test_what_is_ranked_or_held_to_something_unknown_is_not_answered_by_something_else(answer_of, without) -> None:
    without("gross_margin")
    ranked = of("gross_margin", "net_sales", by=("store",), order="largest")
    held = of("net_sales", by=("store",), having=({"metric": "gross_margin", "operator": ">", "value": 5},))
    for reading in (ranked, held):
        found = answer_of(reading)
        assert "what things cost" in found.text
        assert not found.rows


@pytest.mark.parametrize(
    "reading",
    [
        of("gross_margin", kind="compare", compare_with=BEFORE),
        of("gross_margin", kind="drivers", compare_with=BEFORE),
        of("gross_margin", kind="lookup", topic=Topic.DEFINITION, period=None),
        of("gross_margin", "transactions", derived=(Derived.RATIO,)),
    ],
)
def test_every_kind_of_answer_says_it_alike(answer_of, without, reading: Reading) -> None:
    without("gross_margin")
    found = answer_of(reading, language="de")
    assert "Keine Quelle nennt, was die Ware kostet" in found.text
    assert not any(word in found.text for word in _ENGINEERS)


def test_customers_whom_no_ticket_names_are_said_to_be_missing(answer_of, without) -> None:
    without("customers")
    found = answer_of(Reading(kind="customers", topic=Topic.COUNT, period=WEEK), language="de")
    assert "Kunden auf dem Beleg" in found.text


def test_payments_that_no_source_tells_are_said_to_be_missing(answer_of, monkeypatch) -> None:
    from app.assistant.books import Books

    monkeypatch.setattr(Books, "holds", lambda self, model: model != "fct_payments")
    assert answer_of(of("payments_amount", by=("tender",))).text.startswith("No source tells the payments")
