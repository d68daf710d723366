"""Odoo's own totals, summed by Odoo itself, to hold what was loaded against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.incremental import Batch, Everything, RawTable, typed_rows
from connectors.odoo.client import Domain, OdooClient
from connectors.odoo.readers import MOMENT, AbsentReader
from connectors.odoo.refusals import OdooRefusal

DAYS: Final = 400
POS_STATES: Final = ("paid", "done", "invoiced")
ORDER_STATES: Final = ("sale", "done")

REPORTED_POS: Final = RawTable(
    "reported_pos_daily",
    "pos.order (totals)",
    ("sales",),
    {
        "session_id": "integer",
        "business_date": "date",
        "tickets": "integer",
        "amount_total": "decimal",
        "amount_tax": "decimal",
    },
    ("session_id", "business_date"),
    "whole",
)
REPORTED_ORDERS: Final = RawTable(
    "reported_orders_daily",
    "sale.order (totals)",
    ("sales",),
    {
        "company_id": "integer",
        "warehouse_id": "integer",
        "currency_id": "integer",
        "business_date": "date",
        "tickets": "integer",
        "amount_untaxed": "decimal",
        "amount_total": "decimal",
    },
    ("company_id", "warehouse_id", "currency_id", "business_date"),
    "whole",
)
REPORTED_STOCK: Final = RawTable(
    "reported_stock",
    "stock.quant (totals)",
    ("stock_levels",),
    {"product_id": "integer", "quantity": "decimal"},
    ("product_id",),
    "whole",
)


@dataclass(frozen=True, slots=True)
class DailyTotals(AbsentReader):
    """Sums documents by day in the time zone of their company.

    Attributes:
        client: The database.
        model: Documents.
        states: States that count.
        by: What they are grouped by, besides the day; a key without a value is 0.
        zones: Companies of each time zone.
    """

    client: OdooClient
    model: str
    states: Sequence[str]
    by: Sequence[str]
    zones: Mapping[str, Sequence[int]]

    def is_possible(self) -> bool:
        """Whether this server sums; loading goes on without."""
        domain = [["id", "=", 0]]
        return is_summed(self.client, self.model, domain, [*self.by, "date_order:day"], self._sums)

    def read(self) -> Iterator[Batch]:
        """The last whole days, up to yesterday."""
        for zone, companies in self.zones.items():
            records = [self._record(group, zone) for group in self._groups(zone, companies)]
            rows, rejected = typed_rows(self.raw, records)
            yield Batch(rows, rejected, Everything())

    def _groups(self, zone: str, companies: Sequence[int]) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        # The same first day everywhere, though it is not the same day everywhere.
        first, today = now.date() - timedelta(days=DAYS), now.astimezone(ZoneInfo(zone)).date()
        domain = [
            ["state", "in", list(self.states)],
            ["company_id", "in", list(companies)],
            ["date_order", ">=", _midnight(first, zone)],
            ["date_order", "<", _midnight(today, zone)],
        ]
        by = [*self.by, "date_order:day"]
        return self.client.groups(self.model, domain, by, self._sums, context={"tz": zone})

    @property
    def _sums(self) -> list[str]:
        return [name for name in self.raw.columns if name.startswith("amount_")]

    def _record(self, group: Mapping[str, Any], zone: str) -> dict[str, Any]:
        record: dict[str, Any] = {key: number(group[key]) for key in self.by}
        record |= {name: group[name] or 0 for name in self._sums}
        return {**record, "business_date": _day(group, zone), "tickets": group["__count"]}


@dataclass(frozen=True, slots=True)
class StockTotals(AbsentReader):
    """Sums the stock of internal locations by product."""

    client: OdooClient

    def is_possible(self) -> bool:
        """Whether this server sums; loading goes on without."""
        return is_summed(self.client, "stock.quant", [["id", "=", 0]], ["product_id"], ["quantity"])

    def read(self) -> Iterator[Batch]:
        """Every product with stock."""
        domain = [["location_id.usage", "=", "internal"]]
        groups = self.client.groups("stock.quant", domain, ["product_id"], ["quantity"])
        records = [{"product_id": number(group["product_id"]), "quantity": group["quantity"] or 0} for group in groups]
        rows, rejected = typed_rows(self.raw, records)
        yield Batch(rows, rejected, Everything())


def is_summed(client: OdooClient, model: str, domain: Domain, by: Sequence[str], sums: Sequence[str]) -> bool:
    """Whether the server takes a request for sums."""
    try:
        client.groups(model, domain, by, sums)
    except OdooRefusal:
        return False
    return True


def number(value: Any) -> int:
    """Id of what a group has in common; 0 where it has nothing."""
    return int(value[0]) if isinstance(value, list) else int(value or 0)


def _day(group: Mapping[str, Any], zone: str) -> date | None:
    """The day of a group. Its label is in words, but its domain says from when to when it goes, in UTC.

    The domain of the request may be in it too; the later start is the group's.
    """
    starts = list(_starts(group.get("__extra_domain") or group.get("__domain") or []))
    if not starts:
        return None
    start = datetime.strptime(max(starts)[:19], MOMENT).replace(tzinfo=UTC)
    return start.astimezone(ZoneInfo(zone)).date()


def _starts(domain: Sequence[Any]) -> Iterator[str]:
    for leaf in domain:
        if isinstance(leaf, list) and len(leaf) == 3 and leaf[:2] == ["date_order", ">="]:
            yield str(leaf[2])
        elif isinstance(leaf, list):
            yield from _starts(leaf)


def _midnight(day: date, zone: str) -> str:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC).strftime(MOMENT)
