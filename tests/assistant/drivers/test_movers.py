from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.assistant.drivers.movers import Amounts, lead, movement

AMOUNTS = st.dictionaries(st.one_of(st.none(), st.integers(0, 40)), st.decimals(-1000, 1000, places=2), max_size=40)


def amounts(**values: int) -> Amounts:
    return {name: Decimal(value) for name, value in values.items()}


@given(AMOUNTS, AMOUNTS)
def test_contributions_and_all_others_add_up_exactly(before: Amounts, after: Amounts) -> None:
    found = movement("product", before, after)
    shown = sum((mover.change for mover in found.movers), Decimal(0))
    others = found.others.change if found.others else Decimal(0)
    assert shown + others == sum(after.values(), Decimal(0)) - sum(before.values(), Decimal(0))


def test_the_largest_fall_comes_first_where_the_whole_fell() -> None:
    found = movement("product", amounts(milk=100, bread=50, tea=10), amounts(milk=90, bread=10, tea=30))
    assert [mover.name for mover in found.movers] == ["bread", "milk", "tea"]


def test_a_product_that_is_gone_leads() -> None:
    products = movement("product", amounts(milk=100, bread=100, tea=100), amounts(milk=0, bread=95, tea=102))
    found = lead([products], Decimal(300), Decimal(-103))
    assert found is not None
    assert found[1].name == "milk"


def test_the_product_leads_before_its_category() -> None:
    products = movement("product", amounts(milk=100, bread=100, tea=100), amounts(milk=0, bread=100, tea=100))
    categories = movement("category", amounts(dairy=110, other=190), amounts(dairy=8, other=192))
    found = lead([categories, products], Decimal(300), Decimal(-100))
    assert found is not None
    assert found[0] == "product"


def test_nobody_leads_where_all_fall_alike() -> None:
    products = movement("product", amounts(milk=100, bread=100), amounts(milk=50, bread=50))
    assert lead([products], Decimal(200), Decimal(-100)) is None


def test_what_moved_most_among_many_that_move_does_not_lead() -> None:
    products = movement("product", amounts(a=100, b=100, c=100), amounts(a=40, b=150, c=107))
    assert lead([products], Decimal(300), Decimal(-3)) is None
