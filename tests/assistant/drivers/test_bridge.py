from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.assistant.drivers import bridge
from app.assistant.drivers.bridge import Driver, Parts, Sales
from app.assistant.drivers.exact import apportion
from app.assistant.drivers.mix import Bennet, Line, bennet, units_add_up

CENTS = st.decimals(-10_000, 10_000, places=2)
COUNT = st.integers(0, 500).map(Decimal)
ALMOST = Decimal("1e-12")

Products = dict[str | int | None, Line]
Made = tuple[Sales, Products]
"""A period and its products."""

NAMES: list[str | int | None] = ["milk", "bread", "eggs", "tea", None]
PRODUCTS = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(Line, weight=COUNT, amount=st.decimals(0, 10_000, places=2)),
    max_size=5,
)
MARGINS = st.dictionaries(st.sampled_from("abcde"), st.builds(Line, weight=CENTS, amount=CENTS), max_size=5)


@st.composite
def sales(draw: st.DrawFn) -> Made:
    """A period and its products: units and goods add up to those of the period."""
    products = draw(PRODUCTS)
    units = sum((line.weight for line in products.values()), Decimal(0))
    goods = sum((line.amount for line in products.values()), Decimal(0))
    discounts, returns = draw(CENTS), draw(CENTS)
    transactions = Decimal(draw(st.integers(1, 400))) if units else Decimal(0)
    return Sales(transactions, units, goods - discounts - returns, discounts, returns), products


PERIOD = sales()


def of(tickets: int, each: dict[str, tuple[int, str]], discounts: str = "0", returns: str = "0") -> Made:
    """A period from units and price of each product."""
    lines: Products = {name: Line(Decimal(n), n * Decimal(price)) for name, (n, price) in each.items()}
    goods = sum((line.amount for line in lines.values()), Decimal(0))
    units = sum((line.weight for line in lines.values()), Decimal(0))
    less, back = Decimal(discounts), Decimal(returns)
    return Sales(Decimal(tickets), units, goods - less - back, less, back), lines


def explained(first: Made, second: Made) -> Parts:
    """The parts of a change of net sales, in cents, that are not nothing."""
    parts = bridge.net_sales(first[0], second[0], first[1], second[1])
    return bridge.present(dict(zip(parts, apportion(tuple(parts.values()), second[0].net - first[0].net), strict=True)))


@given(PERIOD, PERIOD)
def test_parts_of_net_sales_add_up_to_the_cent(first: Made, second: Made) -> None:
    (before, old), (after, new) = first, second
    parts = bridge.net_sales(before, after, old, new)
    assert sum(apportion(tuple(parts.values()), after.net - before.net)) == after.net - before.net


@given(PERIOD, PERIOD)
def test_parts_add_up_where_no_products_are_known(first: Made, second: Made) -> None:
    before, after = first[0], second[0]
    parts = bridge.net_sales(before, after, {}, {})
    assert abs(sum(parts.values()) - (after.net - before.net)) < ALMOST
    assert {Driver.PRICES, Driver.MIX}.isdisjoint(parts)


@given(PERIOD, PERIOD)
def test_price_volume_and_mix_add_up_to_the_change_of_goods(first: Made, second: Made) -> None:
    (before, old), (after, new) = first, second
    found = bennet(old, new)
    terms = found.appeared + found.vanished + found.quantity + found.price
    assert abs(terms - (after.goods - before.goods)) < ALMOST


@given(PERIOD, PERIOD)
def test_parts_of_units_and_of_the_average_basket_add_up(first: Made, second: Made) -> None:
    (before, old), (after, new) = first, second
    assert abs(sum(bridge.units_sold(before, after).values()) - (after.units - before.units)) < ALMOST
    if before.transactions and after.transactions:
        parts = bridge.average_basket(before, after, old, new)
        assert abs(sum(parts.values()) - (after.basket - before.basket)) < ALMOST


@given(MARGINS, MARGINS)
def test_parts_of_the_margin_add_up_even_where_returns_exceed_sales(old: Products, new: Products) -> None:
    change = sum((n.amount for n in new.values()), Decimal(0)) - sum((o.amount for o in old.values()), Decimal(0))
    assert sum(apportion(tuple(bridge.gross_margin(old, new).values()), change)) == change


@given(PERIOD, PERIOD)
def test_explained_backwards_every_part_has_the_other_sign(first: Made, second: Made) -> None:
    there = bridge.net_sales(first[0], second[0], first[1], second[1])
    back = bridge.net_sales(second[0], first[0], second[1], first[1])
    assert all(abs(there[driver] + back.get(driver, Decimal(0))) < ALMOST for driver in there if driver in back)


def test_half_as_many_tickets_of_the_same_kind_are_all_traffic() -> None:
    first = of(100, {"milk": (200, "2.00"), "bread": (100, "3.00")})
    second = of(50, {"milk": (100, "2.00"), "bread": (50, "3.00")})
    assert explained(first, second) == {Driver.TRANSACTIONS: Decimal(-350)}
    assert bennet(first[1], second[1]).volume == Decimal(-350)


def test_a_lower_price_of_one_product_is_all_prices() -> None:
    first = of(100, {"milk": (200, "2.00"), "bread": (100, "3.00")})
    second = of(100, {"milk": (200, "1.50"), "bread": (100, "3.00")})
    assert explained(first, second) == {Driver.PRICES: Decimal(-100)}
    assert bennet(first[1], second[1]).price == Decimal(-100)


def test_a_move_to_cheaper_products_is_all_mix() -> None:
    first = of(100, {"milk": (100, "2.00"), "bread": (100, "3.00")})
    second = of(100, {"milk": (150, "2.00"), "bread": (50, "3.00")})
    assert explained(first, second) == {Driver.MIX: Decimal(-50)}


def test_discounts_and_returns_are_parts_of_their_own() -> None:
    first = of(100, {"milk": (200, "2.00")}, discounts="10", returns="5")
    second = of(100, {"milk": (200, "2.00")}, discounts="60", returns="25")
    assert explained(first, second) == {Driver.DISCOUNTS: Decimal(-50), Driver.RETURNS: Decimal(-20)}


def test_products_sold_in_one_period_only_are_terms_of_their_own() -> None:
    _, old = of(100, {"milk": (200, "2.00"), "tea": (10, "5.00")})
    _, new = of(100, {"milk": (200, "2.00"), "eggs": (20, "4.00")})
    found = bennet(old, new)
    assert found == Bennet(*(Decimal(amount) for amount in (80, -50, 0, 0, 0)))


def test_a_day_without_any_sale_is_all_traffic() -> None:
    assert explained(of(100, {"milk": (200, "2.00")}), of(0, {})) == {Driver.TRANSACTIONS: Decimal(-400)}


def test_litres_of_fuel_and_pieces_are_never_added_up() -> None:
    first = of(100, {"fuel": (50_000, "0.002"), "bread": (100, "3.00"), "milk": (100, "2.00")})
    second = of(100, {"fuel": (30_000, "0.002"), "bread": (110, "3.00"), "milk": (110, "2.00")})
    assert not units_add_up(first[1], second[1])
    assert explained(first, second) == {Driver.BASKET: Decimal(10)}
    assert bennet(first[1], second[1]).volume is None
