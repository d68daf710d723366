"""The chain as it stands: stores, suppliers and products, made from the words in `catalogue.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml

from demo.sample.arrays import Bools

Size = Literal["small", "full"]

_CATALOGUE = Path(__file__).with_name("catalogue.yaml")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHOWPIECES = frozenset({"Farmer's Loaf", "{{ 7*7 }} Party Banner", "Oat Milk 1 L", "Oat Milk 500 ml"})


@dataclass(frozen=True, slots=True)
class Store:
    """A shop. `size` scales its demand, `taste` does by department; `growth` is the change from year to year."""

    store_id: str
    name: str
    time_zone: str
    size: float
    growth: float
    opened_date: date
    taste: dict[str, float]


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who delivers, when orders are taken, and how often a delivery comes late."""

    supplier_id: str
    name: str
    order_days: tuple[str, ...]
    lead_time_days: int
    late_share: float
    minimum_cents: int

    @property
    def order_weekdays(self) -> tuple[int, ...]:
        """Order days as numbers, Monday is 0."""
        return tuple(_WEEKDAYS.index(day) for day in self.order_days)


@dataclass(frozen=True, slots=True)
class Product:
    """A stocked article. Money in cents without tax; days count from the first day of the history.

    Attributes:
        supplier: Position of the preferred supplier in `Chain.suppliers`.
        weekly_units: Mean weekly demand in a store of ordinary size, before the whole is scaled.
        is_slow: Sells now and then only.
        launch_day: First day on sale; negative for products older than the history.
        end_day: Day it was discontinued, or none.
        has_cost: Whether the shop knows what it costs.
    """

    product_id: str
    sku: str
    barcode: str
    name: str
    department: str
    category: str
    brand: str
    unit: str
    price_cents: int
    cost_cents: int
    tax_rate: float
    weekend_lift: float
    shelf_life_days: int | None
    variant_of: str | None
    season: str | None
    supplier: int
    pack_size: int
    weekly_units: float
    is_slow: bool
    launch_day: int = -1
    end_day: int | None = None
    has_cost: bool = True


@dataclass(frozen=True, slots=True)
class Charge:
    """Something on a ticket that is no goods: a delivery fee, a reward. Money in cents."""

    product_id: str
    sku: str
    name: str
    price_cents: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything about the chain that does not change from day to day.

    Attributes:
        is_ranged: Which store carries which product, `[S, P]`.
        seasons: First and last (month, day) of each selling season.
        first_names: Words for the names of customers and cashiers, as are `last_names`.
    """

    stores: tuple[Store, ...]
    suppliers: tuple[Supplier, ...]
    products: tuple[Product, ...]
    charges: tuple[Charge, ...]
    is_ranged: Bools
    seasons: dict[str, tuple[tuple[int, int], tuple[int, int]]]
    currency: str
    country: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


def build(size: Size, days: int, rng: np.random.Generator) -> Chain:
    """Make the chain.

    Args:
        size: `full` has every store and product of the catalogue; `small` has two stores and about forty products.
        days: Length of the history, for the days on which products come and go.
        rng: Where the chance comes from.
    """
    words = yaml.safe_load(_CATALOGUE.read_text(encoding="utf-8"))
    suppliers = tuple(_suppliers(words["suppliers"]))
    products = list(_products(words["departments"], [supplier.name for supplier in suppliers], rng))
    stores = tuple(_stores(words["stores"]))
    if size == "small":
        products = [product for i, product in enumerate(products) if i % 10 == 3 or product.name in _SHOWPIECES]
        suppliers = tuple(replace(supplier, minimum_cents=supplier.minimum_cents // 10) for supplier in suppliers)
        stores = tuple(replace(store, store_id=f"S{i + 1}") for i, store in enumerate((stores[0], stores[-1])))
    products = _with_life_cycles(products, days, rng)
    is_ranged = rng.random((len(stores), len(products))) < 0.93
    is_ranged[0] = True
    charges = tuple(
        Charge(f"P9{i:03d}", f"CHG-{i:04d}", charge["name"], round(charge["price"] * 100))
        for i, charge in enumerate(words["charges"], start=1)
    )
    return Chain(
        stores=stores,
        suppliers=suppliers,
        products=tuple(products),
        charges=charges,
        is_ranged=is_ranged,
        seasons={name: (_month_day(first), _month_day(last)) for name, (first, last) in words["seasons"].items()},
        currency=words["chain"]["currency"],
        country=words["chain"]["country"],
        first_names=tuple(words["first_names"]),
        last_names=tuple(words["last_names"]),
    )


def _stores(entries: list[dict[str, Any]]) -> Iterator[Store]:
    for i, entry in enumerate(entries, start=1):
        yield Store(store_id=f"S{i}", **entry)


def _suppliers(entries: dict[str, dict[str, Any]]) -> Iterator[Supplier]:
    for i, (name, entry) in enumerate(entries.items(), start=1):
        yield Supplier(
            supplier_id=f"V{i:02d}",
            name=name,
            order_days=tuple(entry["order_days"]),
            lead_time_days=entry["lead_time_days"],
            late_share=entry["late_share"],
            minimum_cents=entry["minimum"] * 100,
        )


def _products(
    departments: dict[str, dict[str, Any]], suppliers: list[str], rng: np.random.Generator
) -> Iterator[Product]:
    number = 0
    for department, about in departments.items():
        for category, shared in about["categories"].items():
            for item, price in shared["items"].items():
                brand = str(rng.choice(shared["brands"]))
                liking = float(rng.lognormal(-0.18, 0.6))
                base_id = None
                for suffix, share in shared.get("sizes", {"": 1}).items():
                    number += 1
                    product_id = f"P{number:04d}"
                    price_cents = round(price * share * 10) * 10 - 1
                    margin = shared["margin"] + float(rng.uniform(-0.04, 0.04))
                    yield Product(
                        product_id=product_id,
                        sku=f"{department[:3].upper()}-{number:04d}",
                        barcode=_barcode(number),
                        name=f"{item} {suffix}".strip(),
                        department=department,
                        category=category,
                        brand=brand,
                        unit=shared["unit"],
                        price_cents=price_cents,
                        cost_cents=round(price_cents * (1 - margin)),
                        tax_rate=about["tax_rate"],
                        weekend_lift=about["weekend_lift"],
                        shelf_life_days=shared.get("shelf_life_days"),
                        variant_of=base_id,
                        season=shared.get("season"),
                        supplier=suppliers.index(shared["supplier"]),
                        pack_size=int(rng.choice(shared["packs"])),
                        weekly_units=shared["weekly_units"] * liking * (1.0 if base_id is None else 0.55),
                        is_slow=shared.get("slow", False),
                    )
                    base_id = base_id or product_id


def _with_life_cycles(products: list[Product], days: int, rng: np.random.Generator) -> list[Product]:
    """Let some products be new, some discontinued, and some have no known cost."""
    steady = [i for i, product in enumerate(products) if product.season is None and product.name not in _SHOWPIECES]
    picks = iter(rng.permutation(steady).tolist())
    result = list(products)
    for _ in range(max(2, round(0.06 * len(products)))):
        i = next(picks)
        result[i] = replace(result[i], launch_day=int(days * rng.uniform(0.2, 0.9)))
    for _ in range(max(1, round(0.04 * len(products)))):
        i = next(picks)
        result[i] = replace(result[i], end_day=int(days * rng.uniform(0.45, 0.85)))
    for _ in range(max(1, round(0.02 * len(products)))):
        i = next(picks)
        result[i] = replace(result[i], has_cost=False)
    return result


def _barcode(number: int) -> str:
    """An EAN-13 from the range that is free for use inside a shop (it starts with 2), with its check digit."""
    digits = f"200{number:09d}"
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
