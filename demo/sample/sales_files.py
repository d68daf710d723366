"""Files about sales: tickets, their lines and their payments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from demo.sample.arrays import Ints
from demo.sample.chain import Chain
from demo.sample.days import Days
from demo.sample.payments import TENDERS, Payments
from demo.sample.pricing import Pricing
from demo.sample.tickets import CASHIERS_PER_STORE, CHANNELS, LINE_TYPES, STATUSES, Lines, Tickets
from demo.sample.writer import Writer, labels

_SALE_ID = "concat(store_id, '-', day, '-', lpad(number::varchar, 4, '0'))"


def write(
    writer: Writer,
    chain: Chain,
    days: Days,
    pricing: Pricing,
    tickets: Tickets,
    lines: Lines,
    payments: Payments,
    customer_ids: Sequence[str],
) -> None:
    """Write sales, sale_lines and payments."""
    _sales(writer, chain, days, tickets, customer_ids)
    _sale_lines(writer, chain, days, pricing, tickets, lines, customer_ids)
    _payments(writer, chain, days, tickets, payments)


def _identity(chain: Chain, days: Days, tickets: Tickets, rows: Ints) -> dict[str, pa.Array]:
    """What a ticket's id is made of, and when it was."""
    return {
        "store_id": labels(tickets.store[rows], [store.store_id for store in chain.stores]),
        "day": labels(tickets.day[rows], [str(day).replace("-", "") for day in days.dates]),
        "number": pa.array(tickets.number[rows]),
        "seconds": pa.array(tickets.sold_at[rows]),
    }


def _sales(writer: Writer, chain: Chain, days: Days, tickets: Tickets, customer_ids: Sequence[str]) -> None:
    every = np.arange(len(tickets.day))
    first, last = chain.first_names, chain.last_names
    cashiers = [
        f"{first[(7 * s + 3 * i) % len(first)]} {last[(11 * s + 5 * i) % len(last)][0]}."
        for s in range(len(chain.stores))
        for i in range(CASHIERS_PER_STORE)
    ]
    columns = _identity(chain, days, tickets, every) | {
        "customer_id": labels(tickets.customer, customer_ids),
        "channel": labels(tickets.channel, CHANNELS),
        "status": labels(tickets.status, STATUSES),
        "cashier": labels(tickets.store * CASHIERS_PER_STORE + tickets.cashier, cashiers),
        "register": tickets.register,
    }
    writer.write(
        "sales",
        columns,
        f"{_SALE_ID} as sale_id, store_id, moment(seconds) as sold_at, customer_id, channel, status, cashier, "
        f"concat(store_id, '-', register) as register, '{chain.currency}' as currency",
    )


def _sale_lines(
    writer: Writer,
    chain: Chain,
    days: Days,
    pricing: Pricing,
    tickets: Tickets,
    lines: Lines,
    customer_ids: Sequence[str],
) -> None:
    product_ids = [product.product_id for product in chain.products] + [charge.product_id for charge in chain.charges]
    columns = _identity(chain, days, tickets, lines.ticket) | {
        "ordinal": lines.ordinal,
        "product_id": labels(lines.product, product_ids),
        "quantity": lines.quantity,
        "unit_price": lines.unit_price,
        "discount": lines.discount,
        "net": lines.net,
        "tax": lines.tax,
        "unit_cost": pa.array(lines.unit_cost, mask=~lines.is_costed),
        "promotion_id": labels(lines.promotion - 1, [promotion.promotion_id for promotion in pricing.promotions]),
        "customer_id": labels(tickets.customer[lines.ticket], customer_ids),
        "channel": labels(tickets.channel[lines.ticket], CHANNELS),
        "line_type": labels(lines.line_type, LINE_TYPES),
    }
    writer.write(
        "sale_lines",
        columns,
        f"concat({_SALE_ID}, '-', ordinal) as sale_line_id, {_SALE_ID} as sale_id, store_id, product_id, "
        "moment(seconds) as sold_at, quantity, money(unit_price) as unit_price, money(discount) as discount_amount, "
        "money(net) as net_amount, money(tax) as tax_amount, money(net + tax) as gross_amount, "
        "money(unit_cost) as unit_cost, promotion_id, customer_id, channel, line_type",
    )


def _payments(writer: Writer, chain: Chain, days: Days, tickets: Tickets, payments: Payments) -> None:
    columns = _identity(chain, days, tickets, payments.ticket) | {
        "ordinal": payments.ordinal,
        "tender": labels(payments.tender, TENDERS),
        "amount": payments.amount,
    }
    writer.write(
        "payments",
        columns,
        f"concat({_SALE_ID}, '-P', ordinal) as payment_id, {_SALE_ID} as sale_id, store_id, tender, "
        f"money(amount) as amount, moment(seconds) as paid_at, '{chain.currency}' as currency",
    )
