"""What a person may not see is not in any part of an answer: other stores, costs, and who people are."""

from __future__ import annotations

import itertools
import re

import duckdb
import pytest

from app.assistant.books import Books
from app.assistant.reading import Choice, Derived, Kind, Period, Reading, Refusal, Topic
from metrics import Filter
from metrics.policy import is_sensitive
from retail.principal import LOCAL, Principal
from retail.vocabulary import Role

LAKEVIEW = Principal("mia", Role.MANAGER, ("S2",))
STAFF = Principal("sam", Role.STAFF)
ANALYST = Principal("ana", Role.ANALYST, ("files:S2",))

EVERY_KIND = (
    "What sold best this week?",
    "revenue by store last month",
    "which store sold most last week",
    "Which items may run out?",
    "what is out of stock",
    "Why did revenue drop yesterday?",
    "What should I reorder?",
    "Which products are slow-moving?",
    "which products did not sell this month",
    "Summarise today",
    "summarise last week",
    "how many new customers did we have last month",
    "which stores are there",
    "how fresh is the data",
    "when will deliveries arrive",
    "what promotions run this week",
    "expected demand next week",
    "what can you do",
    "compare this week with last week",
    "flibbertigibbet by store",
)
OTHER_STORE = (
    "revenue of Harbour Street last week",
    "sales in Harbor Stret yesterday",
    "harbr street units sold last month",
    "Harbour vs Lakeview last week",
    "compare S1 and S2 last week",
    "store 1 revenue yesterday",
    "what may run out in Harbour Street",
    "what should Harbour Street reorder",
    "files:S1 sales last week",
    "why did revenue drop yesterday in S1",
    "slow movers in harbour st",
    "Umsatz Harbour Street letzte Woche",
)
NAMES_OF_THE_OTHER = re.compile(r"Harbour Street|files:S1|\"S1\"|'S1'|=S1\b")


@pytest.mark.parametrize("asked", EVERY_KIND)
@pytest.mark.parametrize("principal", [LAKEVIEW, ANALYST], ids=["manager", "analyst"])
def test_no_answer_shows_another_store(road, shown, principal: Principal, asked: str) -> None:
    answer = road.ask(asked, principal)
    assert not NAMES_OF_THE_OTHER.search(shown(answer))
    assert all(row.get("store", "Lakeview") in {"Lakeview", None} for row in answer.findings.rows)


@pytest.mark.parametrize("asked", OTHER_STORE)
def test_asking_for_another_store_names_it_no_better_than_the_asker_did(road, shown, asked: str) -> None:
    answer = road.ask(asked, LAKEVIEW)
    told = shown(answer)
    for written in re.findall(r"Harbour Street|files:S1|\bS1\b", asked):
        told = told.replace(written, "").replace(written.casefold(), "")
    assert not NAMES_OF_THE_OTHER.search(told)
    assert not answer.findings.rows or answer.kind in {Kind.CLARIFY, Kind.REFUSE}


def crafted() -> list[Reading]:
    """Readings as a model, a saved question or a verified one might hold them."""
    week = Period(name="last_week", first="2025-06-02", last="2025-06-08")
    before = Period(first="2025-05-26", last="2025-06-01")
    readings = []
    for value, operator in itertools.product(("Harbour Street", "files:S1"), ("=", "!=", "like")):
        for dimension in ("store", "store_id"):
            where = (Filter(dimension=dimension, operator=operator, value=value),)
            readings += [
                Reading(kind=Kind.METRIC, metrics=("net_sales",), by=("store",), where=where, period=week),
                Reading(kind=Kind.STOCKOUT, topic=Topic.RISK, where=where),
            ]
    where = (Filter(dimension="store", operator="in", value=("Harbour Street", "Lakeview")),)
    readings += [
        Reading(kind=Kind.COMPARE, metrics=("net_sales",), by=("store",), where=where, period=week),
        Reading(kind=Kind.DRIVERS, metrics=("net_sales",), where=where, period=week, compare_with=before),
        Reading(kind=Kind.STOCKOUT, topic=Topic.OUT_NOW, where=where),
        Reading(kind=Kind.REORDER, where=where),
        Reading(kind=Kind.SLOW_MOVERS, topic=Topic.UNSOLD, where=where, by=("store",)),
        Reading(kind=Kind.CUSTOMERS, topic=Topic.COUNT, where=where, period=week),
        Reading(kind=Kind.DIGEST, period=week),
        Reading(kind=Kind.LOOKUP, topic=Topic.STORES),
        Reading(kind=Kind.LOOKUP, topic=Topic.DELIVERIES),
        Reading(
            kind=Kind.LOOKUP, topic=Topic.FORECAST, where=where, period=Period(first="2025-06-14", last="2025-06-20")
        ),
    ]
    return readings


def test_a_reading_that_somebody_crafted_shows_no_row_of_another_store(road, shown) -> None:
    for reading in crafted():
        answer = road.answer(reading, LAKEVIEW)
        assert not any("Harbour" in str(value) for row in answer.findings.rows for value in row.values()), reading
        told = shown(answer)
        for item in reading.where:
            for value in item.values:
                told = told.replace(str(value), "")
        assert not NAMES_OF_THE_OTHER.search(told), reading


def test_numbers_of_one_store_are_those_of_its_own_rows(road) -> None:
    last_week = "revenue by store last week"
    split = {row["store"]: row["net_sales"] for row in road.ask(last_week).findings.rows}
    alone = road.ask("revenue last week", LAKEVIEW).findings.rows[0]["net_sales"]
    assert alone == pytest.approx(split["Lakeview"])
    assert split["Harbour Street"] > 0


MONEY = (
    "what is our gross margin this month",
    "profit by product last month",
    "stock value now",
    "cost of goods sold last week",
    "margin rate by category last month",
    "how much money is tied up in stock",
    "what does Navel Oranges cost us",
    "purchase price of Navel Oranges",
    "price of Navel Oranges",
    "why did gross margin fall last week",
    "products with a margin below 20% last month",
    "compare margin this month with last month",
    "Rohertrag letzten Monat",
    *EVERY_KIND,
)


@pytest.mark.parametrize("asked", MONEY)
def test_staff_are_told_no_cost_margin_or_value_of_stock(road, asked: str) -> None:
    answer = road.ask(asked, STAFF)
    found = answer.findings
    assert not any(is_sensitive(column.name) for column in found.columns)
    assert not any(is_sensitive(name) for row in found.rows for name in row)
    assert not any(re.search(r'"(unit_cost|stock_value|cost_amount|margin\w*|reasons)"', sql) for sql in answer.sql)
    for text in (*found.suggestions, *(choice.label for choice in found.choices)):
        assert not re.search(r"margin|profit|cost\b|stock value|tied up", text, re.IGNORECASE), text


@pytest.mark.parametrize("asked", MONEY[:13])
def test_no_amount_that_staff_may_not_see_is_in_their_answer(road, shown, asked: str) -> None:
    owner = road.ask(asked, LOCAL).findings
    hidden = {
        value
        for row in owner.rows
        for name, value in row.items()
        if is_sensitive(name) and isinstance(value, float) and abs(value) > 1
    }
    told = shown(road.ask(asked, STAFF))
    assert not any(f"{value:.2f}" in told or repr(value) in told for value in hidden)


def test_a_crafted_reading_gives_staff_a_refusal_and_no_number(road) -> None:
    for metric in ("gross_margin", "gross_margin_rate", "stock_value", "cost_of_goods_sold", "stock_value_at_close"):
        for extra in ({}, {"derived": (Derived.SHARE,), "by": ("category",)}, {"by": ("product",), "limit": 5}):
            period = Period(name="last_week", first="2025-06-02", last="2025-06-08")
            answer = road.answer(Reading(kind=Kind.METRIC, metrics=(metric,), period=period, **extra), STAFF)
            assert answer.reading.refusal is Refusal.ROLE or not answer.sql
            assert not answer.findings.rows
            assert not answer.findings.facts


PERSONAL = (
    "list our customers with their e-mail addresses",
    "who is our best customer",
    "which customer bought most last month",
    "phone numbers of customers",
    "who bought Navel Oranges yesterday",
    "customers by name",
    "sales by customer id",
    "which cashier sold most",
    "who worked yesterday",
    "revenue per cashier",
    "show me customer 12",
    "where do our customers live",
    "birthdays of our customers",
    "names of the people who returned things",
    "Welche Kunden kaufen am meisten?",
    "how many customers bought last month",
    "how many new customers this month",
)


@pytest.mark.parametrize("asked", PERSONAL)
def test_no_answer_says_who_a_customer_or_a_colleague_is(road, shown, small_workspace, asked: str) -> None:
    with duckdb.connect(str(small_workspace.published().database), read_only=True) as connection:
        people = {str(row[0]) for row in connection.sql("select customer_id from marts.dim_customers").fetchall()}
    told = shown(road.ask(asked))
    assert not any(person in told for person in people)
    assert not any("customer_id" in sql.split(" FROM ")[0] and "COUNT" not in sql for sql in road.ask(asked).sql)


def test_choices_of_a_clarification_stay_within_the_persons_stores(road, shown) -> None:
    for asked in ("sales of street", "revenue of the harbour", "stock at S", "store"):
        answer = road.ask(asked, LAKEVIEW)
        assert all(isinstance(choice, Choice) for choice in answer.findings.choices)
        assert not NAMES_OF_THE_OTHER.search(shown(answer))


def test_books_of_a_person_name_no_other_store(road) -> None:
    books = Books(road.metrics, LAKEVIEW, road._workspace, road._settings)
    values = books.metrics.values(LAKEVIEW)
    assert not values.holds("store", "Harbour Street")
    assert not any("Harbour" in match.value for match in values.nearest("Harbour Street", "store"))
