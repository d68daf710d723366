"""Terms that people have set over what sources say or nobody says: lead times, order days, packs, service levels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select

from retail.errors import Refused, UnusableRequest
from retail.operational import audit
from retail.operational.database import OpenedStore
from retail.operational.tables import term_overrides
from retail.operational.term_fields import TermField, TermValue, read_value, write_value
from retail.principal import Principal

Scope = tuple[str | None, str | None, str | None]
"""Supplier, product and store; null stands for all."""

_SUPPLIER_ONLY: Final = frozenset({TermField.SUPPLIER_MINIMUM_AMOUNT, TermField.ORDER_DAYS})
"""Terms of a whole order, which a single product has not."""


@dataclass(frozen=True, slots=True)
class TermOverride:
    """One term that a person has set.

    Attributes:
        field: Which term.
        value: Its text, such as `7`, `0.95` or `mon,thu`.
        supplier_id: For which supplier; null for all. The same with `product_id` and `store_id`.
        set_by: Who set it; filled by the store.
        set_at: When, UTC; filled by the store.
    """

    field: TermField
    value: str
    supplier_id: str | None = None
    product_id: str | None = None
    store_id: str | None = None
    set_by: str = ""
    set_at: datetime | None = None

    @property
    def scope(self) -> Scope:
        """For what it holds."""
        return self.supplier_id, self.product_id, self.store_id

    @property
    def typed(self) -> TermValue:
        """Its value: a number, an id, or order days as weekday numbers (0 is Monday).

        Raises:
            UnusableRequest: The text is none of the field's values.
        """
        return read_value(self.field, self.value)


class TermIndex:
    """Overrides, ready to be asked for many products and stores."""

    def __init__(self, overrides: Iterable[TermOverride]) -> None:
        self._by_key = {(override.field, *override.scope): override for override in overrides}
        self._products = {override.product_id for override in self._by_key.values()}

    def find(
        self, supplier_id: str | None, product_id: str | None, store_id: str | None, field: TermField
    ) -> TermOverride | None:
        """The most specific override, in the order of the keys below; null if there is none."""
        keys: tuple[Scope, ...] = (
            (supplier_id, None, store_id),
            (supplier_id, None, None),
            (None, None, store_id),
            (None, None, None),
        )
        if product_id in self._products:
            keys = (
                (supplier_id, product_id, store_id),
                (None, product_id, store_id),
                (supplier_id, product_id, None),
                (None, product_id, None),
                *keys,
            )
        return next((self._by_key[field, *key] for key in keys if (field, *key) in self._by_key), None)


def resolve(
    overrides: Iterable[TermOverride],
    supplier_id: str | None,
    product_id: str | None,
    store_id: str | None,
    field: TermField,
) -> TermOverride | None:
    """The override that holds for one product, supplier and store. For many of them, keep a `TermIndex`."""
    return TermIndex(overrides).find(supplier_id, product_id, store_id, field)


class TermOverrides(OpenedStore):
    """Reads and sets the overrides of one workspace."""

    def all(self) -> list[TermOverride]:
        """Every override, in the order of supplier, product, store and field."""
        columns = term_overrides.c
        query = select(term_overrides).order_by(
            columns.supplier_id, columns.product_id, columns.store_id, columns.field
        )
        with self._engine.connect() as connection:
            return [_override(row) for row in connection.execute(query).mappings()]

    def set(self, principal: Principal, override: TermOverride) -> TermOverride:
        """Set a term. One that holds already with this value stays as it is, with who set it.

        Raises:
            Refused: The role or the stores of the principal do not allow it.
            UnusableRequest: The value or the scope cannot be.
            StoreError: The store could not be written.
        """
        return self.set_many(principal, [override])[0]

    def set_many(self, principal: Principal, overrides: Sequence[TermOverride]) -> list[TermOverride]:
        """Set several terms, all or none; as `set` does each."""
        wanted = [checked(override) for override in overrides]
        for override in wanted:
            _must_be_allowed(principal, override.scope)
        with audit.recording(self._engine) as connection:
            return [_set(connection, principal, override) for override in wanted]

    def clear(
        self,
        principal: Principal,
        field: TermField,
        *,
        supplier_id: str | None = None,
        product_id: str | None = None,
        store_id: str | None = None,
    ) -> bool:
        """Take an override away, so that the source's term holds again. Says whether there was one.

        Raises:
            Refused: The role or the stores of the principal do not allow it.
            StoreError: The store could not be written.
        """
        scope = (supplier_id, product_id, store_id)
        _must_be_allowed(principal, scope)
        with audit.recording(self._engine) as connection:
            old = _find(connection, field, scope)
            if old is not None:
                connection.execute(delete(term_overrides).where(*_is_key(field, scope)))
                audit.append(connection, principal, "term.clear", subject_of(old), _content(old), None)
        return old is not None


def subject_of(override: TermOverride) -> str:
    """What the audit calls an override: `term:lead_time_days supplier=odoo:7 product=* store=*`."""
    supplier, product, store = (part or "*" for part in override.scope)
    return f"term:{override.field.value} supplier={supplier} product={product} store={store}"


def _set(connection: Connection, principal: Principal, override: TermOverride) -> TermOverride:
    old = _find(connection, override.field, override.scope)
    if old is not None and old.value == override.value:
        return old
    new = replace(override, set_by=principal.user, set_at=datetime.now(UTC))
    connection.execute(delete(term_overrides).where(*_is_key(new.field, new.scope)))
    supplier, product, store = (part or "" for part in new.scope)
    connection.execute(
        insert(term_overrides).values(
            supplier_id=supplier,
            product_id=product,
            store_id=store,
            field=new.field.value,
            value=new.value,
            set_by=new.set_by,
            set_at=new.set_at,
        )
    )
    audit.append(connection, principal, "term.set", subject_of(new), _content(old) if old else None, _content(new))
    return new


def checked(override: TermOverride) -> TermOverride:
    """The override with its value in the one way it is written.

    Raises:
        UnusableRequest: The value or the scope cannot be.
    """
    if override.product_id and override.field in _SUPPLIER_ONLY:
        raise UnusableRequest(f"{override.field.value} goes with a supplier's whole order: leave the product out.")
    if override.field is TermField.SUPPLIER_ID and not override.product_id:
        raise UnusableRequest("supplier_id says who supplies a product: name the product.")
    return replace(
        override,
        value=write_value(override.typed),
        supplier_id=override.supplier_id or None,
        product_id=override.product_id or None,
        store_id=override.store_id or None,
    )


def _must_be_allowed(principal: Principal, scope: Scope) -> None:
    if not principal.may_decide:
        raise Refused(f"The role {principal.role.value} may not set terms; a manager or an admin can.", "role")
    store_id = scope[2]
    if not principal.sees_every_store and (not store_id or not principal.may_act_on(store_id)):
        raise Refused(
            f"{principal.user} may set terms for {', '.join(principal.stores)} only: name one of these stores.", "role"
        )


def _find(connection: Connection, field: TermField, scope: Scope) -> TermOverride | None:
    row = connection.execute(select(term_overrides).where(*_is_key(field, scope))).mappings().first()
    return None if row is None else _override(row)


def _is_key(field: TermField, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    supplier, product, store = (part or "" for part in scope)
    columns = term_overrides.c
    return (
        columns.supplier_id == supplier,
        columns.product_id == product,
        columns.store_id == store,
        columns.field == field.value,
    )


def _override(row: RowMapping) -> TermOverride:
    scope = {name: row[name] or None for name in ("supplier_id", "product_id", "store_id")}
    return TermOverride(TermField(row["field"]), row["value"], **scope, set_by=row["set_by"], set_at=row["set_at"])


def _content(override: TermOverride) -> dict[str, object]:
    return asdict(override)
