"""Customers are counted from tickets, and nobody is named."""

from __future__ import annotations

from datetime import date

import pytest

from app.assistant.reading import Period, Reading, Topic
from metrics import Filter
from retail.errors import UnusableRequest
from retail.principal import Principal
from retail.vocabulary import Role

MAY = Period(name="last_month", first=date(2025, 5, 1), last=date(2025, 5, 31))
LAKEVIEW = Filter(dimension="store", operator="=", value="Lakeview")


def customers(topic: Topic, **more: object) -> Reading:
    return Reading(kind="customers", topic=topic, **{"period": MAY, **more})


def by_history(sold, store: str | None = None) -> tuple[set[str], set[str]]:
    """Who bought in May, and who had bought before."""
    lines = sold[(sold["units"] > 0) & sold["customer_id"].notna()]
    lines = lines if store is None else lines[lines["store"] == store]
    return (
        set(lines[(lines["day"] >= MAY.first) & (lines["day"] <= MAY.last)]["customer_id"]),
        set(lines[lines["day"] < MAY.first]["customer_id"]),
    )


def test_known_customers_are_counted_once(answer_of, sold) -> None:
    found = answer_of(customers(Topic.COUNT))
    assert found.rows[0]["customers"] == len(by_history(sold)[0])
    assert "whom a ticket names" in found.text


@pytest.mark.parametrize("store", [None, "Lakeview"])
def test_new_and_returning_ones_follow_from_their_tickets(answer_of, sold, store) -> None:
    where = () if store is None else (LAKEVIEW,)
    bought, before = by_history(sold, store)
    for topic in (Topic.NEW, Topic.RETURNING):
        found = answer_of(customers(topic, where=where))
        row = found.rows[0]
        assert row["customers"] == len(bought)
        assert row["new_customers"] == len(bought - before)
        assert row["returning_customers"] == len(bought & before)
        wanted = len(bought - before) if topic is Topic.NEW else len(bought & before)
        assert f"{wanted} of {len(bought)} known customers" in found.text


def test_a_person_of_one_store_counts_its_customers_only(answer_of, sold) -> None:
    found = answer_of(customers(Topic.RETURNING), Principal("m", Role.MANAGER, ("S2",)))
    bought, before = by_history(sold, "Lakeview")
    assert found.rows[0]["returning_customers"] == len(bought & before)


def test_by_store_each_counts_its_own(answer_of, sold) -> None:
    found = answer_of(customers(Topic.NEW, by=("store",)))
    wanted = {name: len(set.difference(*by_history(sold, name))) for name in ("Harbour Street", "Lakeview")}
    assert {row["store"]: row["new_customers"] for row in found.rows} == wanted


def test_nobody_can_be_new_before_the_data_begin(answer_of) -> None:
    everything = Period(name="all_time", first=date(2025, 1, 15), last=date(2025, 6, 13))
    found = answer_of(customers(Topic.NEW, period=everything))
    assert "nothing is known from before" in found.text
    assert not found.rows


def test_new_ones_over_time_are_refused_and_not_guessed(answer_of) -> None:
    with pytest.raises(UnusableRequest, match="not over time"):
        answer_of(customers(Topic.NEW, by=("week",)))


def test_nobody_is_named(answer_of, small_workspace) -> None:
    known = (small_workspace.root / "incoming" / "customers.csv").read_text().splitlines()[1:]
    names = {line.split(",")[2] for line in known} | {line.split(",")[0] for line in known}
    for topic in (Topic.COUNT, Topic.NEW, Topic.RETURNING):
        found = answer_of(customers(topic))
        said = f"{found.text} {found.rows} {found.assumptions}"
        assert not any(name in said for name in names if name)
