"""The source's own totals, added up by the database itself, to hold against what we make of the rows.

The rule of what counts is written here once more, in SQL of its own: a mistake in the staging models shows as a
difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from connectors.incremental.reader import ReadWhole
from connectors.incremental.table import Batch, Cursor, Key, KeyRange, RawTable
from connectors.ospos.client import OsposClient
from connectors.ospos.clock import ShopClock
from connectors.ospos.documents import Documents
from connectors.ospos.rows import as_arrow, typed
from connectors.ospos.spec import Column, TableSpec

REPORTED_DAYS: Final = 400
RECENT_DAYS: Final = 7
"""Days that are added up again at each load; all of them once a day."""

SALES_DAILY: Final = TableSpec(
    "reported_sales_daily",
    ("sale_lines",),
    ("business_date", "location_id"),
    {
        "business_date": Column("text", "date(s.`sale_time`)"),
        "location_id": Column("integer", "t.`location_id`"),
        "tickets": Column("integer", "count(*)"),
        "quantity": Column("decimal", "sum(t.`quantity`)"),
        "net_amount": Column("decimal", "sum(t.`amount` - ifnull(y.`included`, 0) + ifnull(r.`rounding`, 0))"),
        "gross_amount": Column("decimal", "sum(t.`amount` + ifnull(y.`added`, 0) + ifnull(r.`rounding`, 0))"),
    },
    "sales",
)
STOCK: Final = TableSpec(
    "reported_stock",
    ("stock_levels",),
    ("item_id",),
    {"item_id": Column("integer", "q.`item_id`"), "on_hand": Column("decimal", "sum(q.`quantity`)")},
    is_optional=True,
)


def stock_source(client: OsposClient) -> str:
    """What the stock of products is added up from."""
    return (
        f"from {client.table('item_quantities')} as q join {client.table('items')} as i on i.`item_id` = q.`item_id` "
        "where i.`stock_type` = 0 group by q.`item_id`"
    )


def sales_source(client: OsposClient, *, since: str, highest: int, decimals: int) -> str:
    """What the sales of days are added up from.

    Args:
        client: Knows the names of the tables.
        since: First day, in ISO form.
        highest: Highest sale that this load knows.
        decimals: Decimals that the shop rounds percent discounts to.
    """
    sales, items = client.table("sales"), client.table("sales_items")
    taxes, payments = client.table("sales_items_taxes"), client.table("sales_payments")
    counted = (
        f"{{}}.`sale_status` = 0 and {{}}.`sale_type` in (0, 1, 4) and {{}}.`sale_time` >= '{since}' "
        f"and {{}}.`sale_id` <= {highest}"
    )
    amount = (
        "case when i.`discount_type` = 0 then i.`quantity_purchased` * i.`item_unit_price` - "
        f"round(i.`quantity_purchased` * i.`item_unit_price` * i.`discount` / 100, {decimals}) "
        "else i.`quantity_purchased` * (i.`item_unit_price` - i.`discount`) end"
    )
    # Taxes have four decimals, so they may be taken off the rounded amounts of a whole sale.
    tax = (
        "select x.`sale_id`, "
        "sum(case when x.`tax_type` = 0 then x.`item_tax_amount` else 0 end) as `included`, "
        "sum(case when x.`tax_type` = 0 then 0 else x.`item_tax_amount` end) as `added` "
        f"from {sales} as sx join {taxes} as x on x.`sale_id` = sx.`sale_id` "
        f"where {counted.replace('{}', 'sx')} group by x.`sale_id`"
    )
    first_line = "min(concat(lpad(i.`line`, 10, '0'), ':', lpad(i.`item_id`, 10, '0'), ':', i.`item_location`))"
    tickets = (
        f"select i.`sale_id`, cast(substring_index({first_line}, ':', -1) as signed) as `location_id`, "
        f"sum(i.`quantity_purchased`) as `quantity`, sum(round({amount}, 4)) as `amount` "
        f"from {sales} as si join {items} as i on i.`sale_id` = si.`sale_id` "
        f"where {counted.replace('{}', 'si')} group by i.`sale_id`"
    )
    rounding = (
        f"select p.`sale_id`, sum(p.`payment_amount` - p.`cash_refund`) as `rounding` from {payments} as p "
        f"where p.`cash_adjustment` = 1 and p.`sale_id` <= {highest} group by p.`sale_id`"
    )
    return (
        f"from {sales} as s join ({tickets}) as t on t.`sale_id` = s.`sale_id` "
        f"left join ({tax}) as y on y.`sale_id` = s.`sale_id` "
        f"left join ({rounding}) as r on r.`sale_id` = s.`sale_id` "
        f"where {counted.replace('{}', 's')} group by date(s.`sale_time`), t.`location_id`"
    )


class ReportedSalesReader(ReadWhole):
    """Reads what the database adds up for each day and location of the last days."""

    def __init__(
        self, table: RawTable, client: OsposClient, clock: ShopClock, documents: Documents, decimals: int
    ) -> None:
        self._table = table
        self._client = client
        self._clock = clock
        self._documents = documents
        self._decimals = decimals

    @property
    def table(self) -> RawTable:
        """What is read."""
        return self._table

    def read(self) -> Iterator[Batch]:
        """Nothing: it is read by day."""
        yield from ()

    def first_load(self, after: Key | None) -> Iterator[Batch]:  # noqa: ARG002
        """Every day of the last ones."""
        yield self._days(REPORTED_DAYS, is_all=True)

    def changes(self, since: Cursor | None, *, is_deep: bool) -> Iterator[Batch]:  # noqa: ARG002
        """The very last days, or all of the last ones, earlier ones being dropped then."""
        yield self._days(REPORTED_DAYS if is_deep else RECENT_DAYS, is_all=is_deep)

    def _days(self, days: int, *, is_all: bool) -> Batch:
        first = (self._documents.today - timedelta(days=days)).date()
        source = sales_source(
            self._client, since=first.isoformat(), highest=self._documents.highest["sales"], decimals=self._decimals
        )
        sql = f"select {SALES_DAILY.expressions} {source}"
        answer = as_arrow(SALES_DAILY, self._client.rows(sql, "sales by day"))
        rows, rejected = typed(SALES_DAILY, self._table, answer, self._clock)
        after = None if is_all else (first - timedelta(days=1)).isoformat()
        return Batch(rows, rejected, KeyRange("business_date", after, None))
