"""What the connector itself fills in: sizes of units, hashes of contacts, time zones of companies."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.contacts import ContactHasher
from connectors.odoo.fields import Record
from connectors.odoo.readers import Finish


def sized_units(records: list[Record]) -> list[Record]:
    """Fill in `size`: how many of the smallest or reference unit are in one.

    `factor` says that where there is a `relative_factor`; before, it said how many are in one reference unit.
    """
    for record in records:
        factor = float(record["factor"] or 0)
        is_size = record.get("relative_factor") is not None
        record["size"] = repr(factor if is_size else 1 / factor) if factor else None
        record["factor"] = repr(factor)
    return records


def hashed_contacts(hasher: ContactHasher, *, is_stored: bool) -> Finish:
    """Fill in the hashes; contacts themselves stay only where that is allowed."""

    def finish(records: list[Record]) -> list[Record]:
        for record in records:
            record["email_hash"] = hasher.email(record.get("email"))
            record["phone_hash"] = hasher.phone(record.get("phone") or record.get("mobile"))
            if not is_stored:
                record |= {"name": None, "email": None, "phone": None, "mobile": None}
        return records

    return finish


def zoned_companies(zones: Mapping[int, str]) -> Finish:
    """Fill in the time zone of companies that have one."""

    def finish(records: list[Record]) -> list[Record]:
        for record in records:
            record["time_zone"] = zones.get(record["id"])
        return records

    return finish
