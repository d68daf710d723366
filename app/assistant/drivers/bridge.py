"""Bridges from one amount to another, whose parts add up to the change: factors by their mean effect, money as it is.

Formulas and sources: docs/assistant/explaining-change.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.assistant.drivers.exact import ZERO
from app.assistant.drivers.mix import Line, Lines, bennet, rate_effect, units_add_up

_MOST_MARGIN: Final = Decimal(1)
"""Margin rates beyond this, either way, come of sales and returns that nearly cancel; they count as mix."""


class Driver(StrEnum):
    """What a change is split into."""

    TRANSACTIONS = "transactions"
    UNITS_PER_TRANSACTION = "units_per_transaction"
    PRICES = "prices"
    """Prices before discounts of products that sold in both periods."""
    MIX = "mix"
    """Dearer or cheaper products in the basket, those sold in one period only among them."""
    BASKET = "basket"
    """Units and mix in one, where units of the products cannot be added up."""
    DISCOUNTS = "discounts"
    RETURNS = "returns"
    SALES = "sales"
    """Sales with known cost at the same margin rate."""
    MARGIN_RATES = "margin_rates"
    """Margin rates of products that sold in both periods."""
    MARGIN_MIX = "margin_mix"
    """Products with a higher or lower margin rate among those sold."""


Parts = dict[Driver, Decimal]


@dataclass(frozen=True, slots=True)
class Sales:
    """What net sales of a period are made of; `net = goods − discounts − returns`."""

    transactions: Decimal
    units: Decimal
    net: Decimal
    discounts: Decimal
    returns: Decimal

    @property
    def goods(self) -> Decimal:
        """Sales before discounts and returns."""
        return self.net + self.discounts + self.returns

    @property
    def basket(self) -> Decimal:
        """Net sales per transaction. Only where there are transactions."""
        return self.net / self.transactions


@dataclass(frozen=True, slots=True)
class Factors:
    """`goods = transactions × basket`, and where units are sold `basket = per_transaction × price`."""

    transactions: Decimal
    basket: Decimal
    per_transaction: Decimal
    price: Decimal


def net_sales(before: Sales, after: Sales, old: Lines, new: Lines) -> Parts:
    """A change of net sales: traffic × basket, the basket as units, mix and prices, discounts and returns apart.

    Args:
        before: The earlier period.
        after: The later one.
        old: Units and goods by product in the earlier period; empty where products are not known.
        new: The same of the later one.
    """
    first, second = _factors(before, after)
    tickets = _mean(first.transactions, second.transactions)
    traffic = (second.transactions - first.transactions) * _mean(first.basket, second.basket)
    rest = after.goods - before.goods - traffic
    prices = bennet(old, new).price
    parts: Parts = {Driver.TRANSACTIONS: traffic, **_basket(first, second, tickets, rest, prices, old, new)}
    parts[Driver.DISCOUNTS] = before.discounts - after.discounts
    parts[Driver.RETURNS] = before.returns - after.returns
    return parts


def average_basket(before: Sales, after: Sales, old: Lines, new: Lines) -> Parts:
    """A change of net sales per transaction, of two periods that both have some."""
    first, second = _factors(before, after)
    prices = bennet(_each(old, before.transactions), _each(new, after.transactions)).price
    parts = _basket(first, second, Decimal(1), second.basket - first.basket, prices, old, new)
    parts[Driver.DISCOUNTS] = before.discounts / before.transactions - after.discounts / after.transactions
    parts[Driver.RETURNS] = before.returns / before.transactions - after.returns / after.transactions
    return parts


def units_sold(before: Sales, after: Sales) -> Parts:
    """A change of units: transactions × units in each."""
    first, second = _factors(before, after)
    return {
        Driver.TRANSACTIONS: (second.transactions - first.transactions)
        * _mean(first.per_transaction, second.per_transaction),
        Driver.UNITS_PER_TRANSACTION: (second.per_transaction - first.per_transaction)
        * _mean(first.transactions, second.transactions),
    }


def gross_margin(old: Lines, new: Lines) -> Parts:
    """A change of margin: sales with known cost, margin rates of the same products, and which products sold.

    Args:
        old: Sales with known cost, and their margin, by product in the earlier period.
        new: The same of the later one.
    """
    sold_before, sold_after = (sum((line.weight for line in lines.values()), ZERO) for lines in (old, new))
    made_before, made_after = (sum((line.amount for line in lines.values()), ZERO) for lines in (old, new))
    rate_after = made_after / sold_after if sold_after else (made_before / sold_before if sold_before else ZERO)
    rate_before = made_before / sold_before if sold_before else rate_after
    sales = (sold_after - sold_before) * _mean(rate_before, rate_after)
    rates = rate_effect(old, new, _MOST_MARGIN) * _mean(sold_before, sold_after)
    return {
        Driver.SALES: sales,
        Driver.MARGIN_RATES: rates,
        Driver.MARGIN_MIX: made_after - made_before - sales - rates,
    }


def margin_rate(old: Lines, new: Lines) -> Parts:
    """A change of the margin rate: rates of the same products, and which products sold. Both periods have sales."""
    sold_before, sold_after = (sum((line.weight for line in lines.values()), ZERO) for lines in (old, new))
    made_before, made_after = (sum((line.amount for line in lines.values()), ZERO) for lines in (old, new))
    rates = rate_effect(old, new, _MOST_MARGIN)
    return {Driver.MARGIN_RATES: rates, Driver.MARGIN_MIX: made_after / sold_after - made_before / sold_before - rates}


def present(parts: Mapping[Driver, Decimal]) -> Parts:
    """The parts that are not zero."""
    return {driver: amount for driver, amount in parts.items() if amount}


def _basket(
    first: Factors, second: Factors, tickets: Decimal, change: Decimal, prices: Decimal, old: Lines, new: Lines
) -> Parts:
    """What baskets make of a change: prices of the same products where products are known, then units and mix."""
    if not old or not new:
        return {Driver.BASKET: change}
    if not units_add_up(old, new):
        return {Driver.BASKET: change - prices, Driver.PRICES: prices}
    more = second.per_transaction - first.per_transaction
    units = more * tickets * _mean(first.price, second.price)
    return {Driver.UNITS_PER_TRANSACTION: units, Driver.PRICES: prices, Driver.MIX: change - units - prices}


def _each(lines: Lines, transactions: Decimal) -> Lines:
    return {name: Line(line.weight / transactions, line.amount / transactions) for name, line in lines.items()}


def _factors(before: Sales, after: Sales) -> tuple[Factors, Factors]:
    """Both periods as factors. A factor that a period has not, for want of sales, is taken from the other one."""
    first, second = _known(before), _known(after)
    return _filled(before.transactions, first, second), _filled(after.transactions, second, first)


_Known = tuple[Decimal | None, Decimal | None, Decimal | None]


def _known(sales: Sales) -> _Known:
    tickets, units = sales.transactions, sales.units
    return (
        sales.goods / tickets if tickets else None,
        units / tickets if tickets else None,
        sales.goods / units if units else None,
    )


def _filled(transactions: Decimal, own: _Known, other: _Known) -> Factors:
    return Factors(
        transactions, *(mine if mine is not None else theirs or ZERO for mine, theirs in zip(own, other, strict=True))
    )


def _mean(first: Decimal, second: Decimal) -> Decimal:
    return (first + second) / 2
