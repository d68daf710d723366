"""Short words for declaring columns of Odoo tables."""

from __future__ import annotations

from typing import Any, Final, Literal

from connectors.column_types import LogicalType
from connectors.incremental import RawTable
from connectors.odoo.fields import Column, OdooTable

ID: Final = Column("integer", ("id",), is_required=True)
WRITTEN: Final = Column("timestamp", ("write_date",), is_required=True)
CREATED: Final = Column("timestamp", ("create_date",))


def needed(kind: LogicalType, *candidates: str) -> Column:
    """A column that must be there."""
    return Column(kind, candidates, is_required=True)


def wanted(kind: LogicalType, *candidates: str) -> Column:
    """A column that may be lacking."""
    return Column(kind, candidates)


def computed(kind: LogicalType, *candidates: str) -> Column:
    """A column that may be lacking, and that Odoo may compute. Only for what stored fields do not tell."""
    return Column(kind, candidates, is_computed=True)


def odoo_table(
    model: str,
    feeds: tuple[str, ...],
    purpose: str,
    columns: dict[str, Column],
    *,
    part: str | None = None,
    strategy: Literal["keyed", "whole"] = "whole",
    is_required: bool = False,
    domain: tuple[Any, ...] = (),
    made: dict[str, LogicalType] | None = None,
    is_personal: bool = False,
) -> OdooTable:
    """A table with the model's id as its key.

    `part` names a second table of the same model; the columns `made` are not Odoo's but filled by the connector.
    """
    sources = {"id": ID, **columns}
    if strategy == "keyed":
        sources["write_date"] = WRITTEN
    types = {column: source.type for column, source in sources.items()} | (made or {})
    read_from = f"{model} ({part})" if part else model
    raw = RawTable(part or model.replace(".", "_"), read_from, feeds, types, ("id",), strategy)
    return OdooTable(raw, model, sources, purpose, is_required=is_required, domain=domain, is_personal=is_personal)
