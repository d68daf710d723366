"""The companies of a database and their clocks."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

from connectors.odoo.client import OdooClient
from connectors.odoo.refusals import OdooRefusal


def companies(client: OdooClient) -> list[int]:
    """Companies that are read, the first one first."""
    allowed = client.context.get("allowed_company_ids")
    if allowed:
        return list(allowed)
    return [record["id"] for record in client.search_read("res.company", [], ["id"])]


def company_zones(client: OdooClient, numbers: Sequence[int], default: str | None) -> dict[int, str]:
    """Time zone of each company that has one: its address's, else the source's setting."""
    zones = {number: default for number in numbers if default}
    try:
        found = client.search_read("res.company", [["id", "in", list(numbers)]], ["partner_id"])
        partners = {_id(company["partner_id"]): company["id"] for company in found}
        addresses = client.search_read("res.partner", [["id", "in", list(partners)]], ["tz"])
    except OdooRefusal as error:
        if error.kind != "access":
            raise
        return zones
    known = available_timezones()
    return zones | {partners[one["id"]]: one["tz"] for one in addresses if one["tz"] in known}


def _id(value: object) -> int:
    return int(value[0]) if isinstance(value, list) else int(str(value))
