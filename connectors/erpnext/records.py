"""Records of the API as rows: local times in UTC, people hashed, empty text as nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from connectors.contacts import ContactHasher
from connectors.erpnext.doctable import DocTable
from connectors.incremental import Rejected, typed_rows

_CUSTOMER: Final = "Customer"
Record = Mapping[str, Any]


class RowMaker:
    """Makes rows of records.

    Args:
        zone: The site's time zone.
        hasher: Hashes what names a person.
        store_contacts: Whether names and contacts may be stored.
    """

    def __init__(self, zone: ZoneInfo, hasher: ContactHasher, *, store_contacts: bool) -> None:
        self.zone = zone
        self._hasher = hasher
        self._store_contacts = store_contacts

    def rows(self, table: DocTable, records: Sequence[Record]) -> tuple[pa.Table, list[Rejected]]:
        """Typed rows, and the records that cannot be rows."""
        is_personal = bool(table.people)
        return typed_rows(table.raw, [self._row(table, record) for record in records], is_personal=is_personal)

    def person(self, name: str | None) -> str | None:
        """The key of a person as it is stored."""
        return (name or None) if self._store_contacts else self._hasher.text(name)

    def _row(self, table: DocTable, record: Record) -> dict[str, Any]:
        row = {name: None if value == "" else value for name, value in record.items()}
        for column, (day, time) in table.moments.items():
            row[column] = self._moment(row.get(day), row.get(time) if time else None)
        for column in table.people:
            row[column] = self.person(row.get(column))
        if "owner" in row:
            row["owner"] = _cashier(row)
        return self._customer(row) if table.doctype == _CUSTOMER else row

    def _customer(self, row: dict[str, Any]) -> dict[str, Any]:
        email, phone, created = row.pop("email_id", None), row.pop("mobile_no", None), row.pop("creation", None)
        row["email_hash"], row["phone_hash"] = self._hasher.email(email), self._hasher.phone(phone)
        row["joined_date"] = str(created)[:10] if created else None
        if self._store_contacts:
            row["email"], row["phone"] = email, phone
        else:
            row["customer_name"] = None
        return row

    def _moment(self, day: object, time: object) -> datetime | str | None:
        """A local date and time in UTC. What is neither is handed on, so that the row is rejected with a reason."""
        if day is None:
            return None
        try:
            local = datetime.combine(date.fromisoformat(str(day)), datetime.min.time()) + time_of_day(time)
        except ValueError:
            return f"{day} {time}"
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def _cashier(row: Record) -> str | None:
    """Who made an invoice at a till, without the mail domain. Other invoices can be made by customers themselves."""
    is_till = row.get("is_pos", True)
    return str(row["owner"]).partition("@")[0] if is_till and row["owner"] else None


def time_of_day(value: object) -> timedelta:
    """A time as ERPNext writes it, without leading zeros: `9:15:00`, `23:59:59.5`; midnight for none.

    Raises:
        ValueError: It is no time.
    """
    if value is None:
        return timedelta(0)
    hours, minutes, seconds = str(value).split(":")
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
