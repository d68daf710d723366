"""Tables that are read whole each time: companies, and the site's own totals that loads are held against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.erpnext.client import REFUSALS, ERPNextClient, Filter, Query
from connectors.erpnext.readers import Site, WholeReader
from connectors.erpnext.tables import COMPANY, REPORTED_SALES, REPORTED_STOCK
from connectors.http import HttpError
from connectors.incremental import Batch, Everything, RawTable, typed_rows

REPORTED_DAYS: Final = 400
"""How far back the site is asked for its totals: a year and the month that it is compared with."""

_GROUPED: Final = ("posting_date", "company", "pos_profile", "set_warehouse", "currency")
_TOTALS: Final = {"sum_net": "net_total", "sum_grand": "grand_total"}
_COUNT: Final = "documents"
_COUNTED: Final[dict[str, tuple[Filter, ...]]] = {
    "POS Invoice": (["docstatus", "=", 1], ["is_opening", "!=", "Yes"]),
    "Sales Invoice": (["docstatus", "=", 1], ["is_opening", "!=", "Yes"], ["is_consolidated", "=", 0]),
}
"""Which documents are sales, by the same rule as in `stg_erpnext__sales_documents`."""

Record = dict[str, Any]


def company_reader(site: Site) -> WholeReader:
    """Companies, each with the code of its country where the user may read countries."""

    def read() -> Iterator[Batch]:
        found = site.client.records(Query("Company", ["name", "default_currency", "country"], order_by="name asc"))
        codes = _country_codes(site.client)
        yield _whole(
            COMPANY,
            [
                {
                    "name": company["name"],
                    "currency": company["default_currency"],
                    "country_code": codes.get(str(company.get("country"))),
                    "time_zone": site.maker.zone.key,
                }
                for company in found
            ],
        )

    return WholeReader(COMPANY, read)


def reported_sales_reader(site: Site) -> WholeReader:
    """Totals per day, till and warehouse, as the site adds them up; one row per invoice that names neither."""

    def read() -> Iterator[Batch]:
        today = local_today(site.maker.zone)
        days: list[Filter] = [
            ["posting_date", ">=", (today - timedelta(days=REPORTED_DAYS)).isoformat()],
            ["posting_date", "<", today.isoformat()],
        ]
        records: list[Record] = []
        for doctype, rule in _COUNTED.items():
            filters = [*rule, *days]
            grouped = _grouped_sales(site.client, doctype, filters)
            records += grouped
            if grouped:
                records += _single_sales(site.client, doctype, filters)
        yield _whole(REPORTED_SALES, records)

    return WholeReader(REPORTED_SALES, read)


def reported_stock_reader(site: Site, *, is_readable: bool) -> WholeReader:
    """Stock per item as the site adds it up."""

    def read() -> Iterator[Batch]:
        query = Query("Bin", ["item_code"], order_by="item_code asc", group_by="item_code")
        totals = _totals(site.client, query, {"on_hand": "actual_qty"}) if is_readable else []
        yield _whole(REPORTED_STOCK, totals)

    return WholeReader(REPORTED_STOCK, read)


def local_today(zone: ZoneInfo) -> date:
    """The day that it is at the site."""
    return datetime.now(zone).date()


def _grouped_sales(client: ERPNextClient, doctype: str, filters: Sequence[Filter]) -> list[Record]:
    columns = ",".join(_GROUPED)
    order = ", ".join(f"{name} asc" for name in _GROUPED)
    found = _totals(client, Query(doctype, _GROUPED, filters, order, group_by=columns), _TOTALS)
    return [
        {
            **_sales_row(doctype, None, record),
            "tickets": record[_COUNT],
            "net_total": record["sum_net"],
            "grand_total": record["sum_grand"],
        }
        for record in found
        if record.get("pos_profile") or record.get("set_warehouse")
    ]


def _single_sales(client: ERPNextClient, doctype: str, filters: Sequence[Filter]) -> list[Record]:
    """Invoices whose store only their lines tell."""
    nowhere: list[Filter] = [["pos_profile", "is", "not set"], ["set_warehouse", "is", "not set"]]
    fields = ["name", *_GROUPED, *_TOTALS.values()]
    found = client.records(Query(doctype, fields, [*filters, *nowhere], "name asc"))
    return [
        {
            **_sales_row(doctype, str(record["name"]), record),
            "tickets": 1,
            "net_total": record["net_total"],
            "grand_total": record["grand_total"],
        }
        for record in found
    ]


def _sales_row(doctype: str, document: str | None, record: Record) -> Record:
    row: Record = {name: record.get(name) or None for name in _GROUPED}
    place = [document] if document else [str(row[name]) for name in _GROUPED]
    return {**row, "row_key": "/".join([doctype, *place]), "doctype": doctype, "document": document}


def _totals(client: ERPNextClient, query: Query, sums: dict[str, str]) -> list[Record]:
    """The totals; none where the site refuses to add up, in either way of asking."""
    try:
        return client.aggregate(query, sums, _COUNT)
    except HttpError as error:
        if error.status not in REFUSALS:
            raise
        return []


def _country_codes(client: ERPNextClient) -> dict[str, str]:
    try:
        found = client.records(Query("Country", ["name", "code"], order_by="name asc"))
    except HttpError as error:
        if error.status not in REFUSALS:
            raise
        return {}
    return {str(country["name"]): str(country["code"]).upper() for country in found if country.get("code")}


def _whole(table: RawTable, records: Sequence[Record]) -> Batch:
    rows, rejected = typed_rows(table, records)
    return Batch(rows, rejected, Everything())
