"""What a principal may read: tables, columns, rows, and whether free SQL is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from retail.errors import Refused
from retail.principal import Principal
from retail.vocabulary import Role

FREE_SQL_ROLES: Final = frozenset({Role.SUPERADMIN, Role.ADMIN, Role.ANALYST})
"""Roles that may write SQL of their own."""

_SENSITIVE_WORDS: Final = ("cost", "margin", "stock_value", "order_amount", "reasons")
"""Parts of names that tell it. `reasons` of a reorder draft reckon with cost and margin."""

_REJECTED_ROW: Final = "row_text"
"""A row as a file had it. An export puts customers beside sales, so any of them may hold a name or an address."""
_STORE_COLUMN: Final = "store_id"

Schema = Mapping[str, Mapping[str, str]]
"""Table name to column name to type, all in small letters."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one principal may read.

    Attributes:
        tables: Tables with the columns that may be read and their types.
        hidden_columns: Columns that exist and may not be read, by table.
        hidden_tables: Tables that exist and may not be read.
        stores: Store ids whose rows may be read; none means every row.
        role: Role of the principal.
    """

    tables: Schema
    hidden_columns: Mapping[str, frozenset[str]]
    hidden_tables: frozenset[str]
    stores: tuple[str, ...] | None
    role: Role

    @property
    def needs_views(self) -> bool:
        """Whether something is hidden, so that views must stand between the SQL and the file."""
        return self.stores is not None or bool(self.hidden_tables) or any(self.hidden_columns.values())


def is_sensitive(name: str) -> bool:
    """Whether a column or table tells cost, margin or the value of stock, which staff do not see."""
    return any(word in name for word in _SENSITIVE_WORDS)


def sees_sensitive(role: Role) -> bool:
    """Whether a role sees cost, margin and the value of stock."""
    return role != Role.STAFF


def sees_rejected_rows(role: Role) -> bool:
    """Whether a role sees the text of rows that were put into quarantine."""
    return role in {Role.SUPERADMIN, Role.ADMIN}


def for_principal(schema: Schema, principal: Principal, store_ids: tuple[str, ...] | None) -> Policy:
    """Work out the policy of a principal whose store references have been resolved to ids.

    With stores, every table that has `store_id` is cut to them; a fact without it is hidden, since its rows
    belong to nobody in particular; a dimension without it (products, dates, suppliers) passes through.
    """
    hidden_tables = frozenset(
        table
        for table, columns in schema.items()
        if (store_ids is not None and table.startswith("fct_") and _STORE_COLUMN not in columns)
        or not _may_read(principal.role, table)
    )
    visible: dict[str, dict[str, str]] = {}
    hidden: dict[str, frozenset[str]] = {}
    for table, columns in schema.items():
        if table in hidden_tables:
            continue
        hidden[table] = frozenset(column for column in columns if not _may_read(principal.role, column))
        visible[table] = {name: kind for name, kind in columns.items() if name not in hidden[table]}
    return Policy(visible, hidden, hidden_tables, store_ids, principal.role)


def require_free_sql(principal: Principal) -> None:
    """Let only those roles pass that may write SQL.

    Raises:
        Refused: The role may not.
    """
    if principal.role not in FREE_SQL_ROLES:
        raise Refused(
            f"The role {principal.role.value} may not run SQL; analyst and admin may. Ask for a metric instead.", "role"
        )


def _may_read(role: Role, column: str) -> bool:
    if column == _REJECTED_ROW:
        return sees_rejected_rows(role)
    return sees_sensitive(role) or not is_sensitive(column)
