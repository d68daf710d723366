"""Files about the chain itself: stores, products, suppliers, customers, prices and promotions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from demo.sample.chain import Chain, Product
from demo.sample.customers import Customers
from demo.sample.days import Days
from demo.sample.pricing import Pricing
from demo.sample.writer import Writer

_SECOND_SOURCE_SHARE = 0.15
_OLDEST_LAUNCH_DAYS = 1800


@dataclass(frozen=True, slots=True)
class _Row:
    """Builds a table row by row; for the small ones only."""

    columns: dict[str, list[Any]]

    def add(self, **values: Any) -> None:
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)


def write(
    writer: Writer, chain: Chain, days: Days, pricing: Pricing, customers: Customers, rng: np.random.Generator
) -> None:
    """Write every master table."""
    _stores(writer, chain)
    _products(writer, chain, days, rng)
    _suppliers(writer, chain, rng)
    _customers(writer, customers, days, rng)
    _prices(writer, chain, days, pricing)
    _promotions(writer, chain, days, pricing)


def _stores(writer: Writer, chain: Chain) -> None:
    rows = _Row({})
    for store in chain.stores:
        rows.add(
            store_id=store.store_id,
            name=store.name,
            time_zone=store.time_zone,
            currency=chain.currency,
            country=chain.country,
            opened_date=store.opened_date,
        )
    writer.write("stores", rows.columns, "*, null as closed_date")


def _products(writer: Writer, chain: Chain, days: Days, rng: np.random.Generator) -> None:
    rows = _Row({})
    for product in chain.products:
        end = product.end_day
        launched = product.launch_day if product.launch_day >= 0 else -int(rng.integers(30, _OLDEST_LAUNCH_DAYS))
        rows.add(
            product_id=product.product_id,
            sku=product.sku,
            barcode=product.barcode,
            name=product.name,
            category_path=f"{product.department} > {product.category}",
            brand=product.brand,
            unit=product.unit,
            list_price_cents=product.price_cents,
            cost_cents=product.cost_cents if product.has_cost else None,
            tax_rate=product.tax_rate,
            is_stocked=True,
            shelf_life_days=product.shelf_life_days,
            is_active=end is None,
            variant_of=product.variant_of,
            launched_date=_date(days, launched),
            discontinued_date=None if end is None else _date(days, end),
            kind="goods",
        )
    for charge in chain.charges:
        rows.add(**dict.fromkeys(rows.columns))
        filled = {
            "product_id": charge.product_id,
            "sku": charge.sku,
            "name": charge.name,
            "list_price_cents": charge.price_cents,
            "tax_rate": 0.0,
            "is_stocked": False,
            "is_active": True,
            "kind": "charge",
        }
        for name, value in filled.items():
            rows.columns[name][-1] = value
    writer.write(
        "products",
        rows.columns,
        "* exclude (list_price_cents, cost_cents), money(list_price_cents) as list_price, money(cost_cents) as cost",
    )


def _suppliers(writer: Writer, chain: Chain, rng: np.random.Generator) -> None:
    rows = _Row({})
    for supplier in chain.suppliers:
        rows.add(
            supplier_id=supplier.supplier_id,
            name=supplier.name,
            minimum_cents=supplier.minimum_cents,
            order_days=",".join(supplier.order_days),
            currency=chain.currency,
        )
    writer.write(
        "suppliers",
        rows.columns,
        "supplier_id, name, money(minimum_cents) as supplier_minimum_amount, order_days, currency",
    )
    terms = _Row({})
    for product in chain.products:
        _add_terms(terms, chain, product, product.supplier, is_preferred=True)
        if rng.random() < _SECOND_SOURCE_SHARE:
            other = (product.supplier + int(rng.integers(1, len(chain.suppliers)))) % len(chain.suppliers)
            _add_terms(terms, chain, product, other, is_preferred=False)
    writer.write(
        "supplier_terms",
        terms.columns,
        "supplier_id, product_id, lead_time_days, moq, pack_size, money(unit_cost_cents) as unit_cost, order_days, "
        "is_preferred",
    )


def _add_terms(terms: _Row, chain: Chain, product: Product, supplier: int, is_preferred: bool) -> None:
    """The second source asks 6 % more and a minimum of two packs."""
    cost = product.cost_cents if is_preferred else round(product.cost_cents * 1.06)
    terms.add(
        supplier_id=chain.suppliers[supplier].supplier_id,
        product_id=product.product_id,
        lead_time_days=chain.suppliers[supplier].lead_time_days,
        moq=product.pack_size * (1 if is_preferred else 2),
        pack_size=product.pack_size,
        unit_cost_cents=cost if product.has_cost else None,
        order_days=",".join(chain.suppliers[supplier].order_days),
        is_preferred=is_preferred,
    )


def _customers(writer: Writer, customers: Customers, days: Days, rng: np.random.Generator) -> None:
    number = np.arange(1, len(customers) + 1)
    mailboxes = [name.lower().replace(" ", ".").replace("'", "") for name in customers.names]
    writer.write(
        "customers",
        {
            "customer_id": customers.ids,
            "number": number,
            "joined_date": (days.dates[0] + customers.joined_day),
            "name": customers.names,
            "mailbox": mailboxes,
            "phone": rng.integers(100, 200, size=len(customers)),
            "area": rng.integers(201, 990, size=len(customers)),
            "has_email": rng.random(len(customers)) < 0.8,
            "has_phone": rng.random(len(customers)) < 0.5,
            "has_marketing_consent": customers.has_consent,
        },
        "customer_id, joined_date, name, "
        "case when has_email then printf('%s.%d@example.com', mailbox, number) end as email, "
        "case when has_phone then printf('+1-%d-555-0%d', area, phone) end as phone, has_marketing_consent",
    )


def _prices(writer: Writer, chain: Chain, days: Days, pricing: Pricing) -> None:
    rows = _Row({})
    for period in sorted(pricing.price_periods, key=lambda period: (period.product, period.first_day)):
        launch = chain.products[period.product].launch_day
        if period.last_day is not None and period.last_day < launch:
            continue
        rows.add(
            product_id=chain.products[period.product].product_id,
            valid_from_date=_date(days, max(period.first_day, launch)),
            valid_to_date=None if period.last_day is None else _date(days, period.last_day),
            price_cents=period.price_cents,
        )
    writer.write(
        "prices",
        rows.columns,
        "null as store_id, product_id, valid_from_date, valid_to_date, money(price_cents) as price",
    )


def _promotions(writer: Writer, chain: Chain, days: Days, pricing: Pricing) -> None:
    rows = _Row({})
    for promotion in pricing.promotions:
        for p in promotion.products:
            rows.add(
                promotion_id=promotion.promotion_id,
                name=promotion.name,
                kind=promotion.kind,
                product_id=chain.products[p].product_id,
                store_id=None if promotion.store is None else chain.stores[promotion.store].store_id,
                starts_date=_date(days, promotion.first_day),
                ends_date=_date(days, promotion.last_day),
                discount_rate=promotion.discount_rate,
            )
    writer.write("promotions", rows.columns)


def _date(days: Days, day: int) -> date:
    first: date = days.dates[0].item()
    return first + timedelta(days=day)
