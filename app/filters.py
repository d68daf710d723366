"""The filters that pages share: period, store, supplier, department, category, product.

An address is someone else's text: `understand` leaves out what does not exist, with a note.
`app.filter_bar` draws them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app import formats, periods
from app.data import Shop
from app.periods import Period
from metrics import Filter

ALL = ("period", "store", "supplier", "department", "category", "product")
"""Filters that there are; a page uses some of them and leaves the others as they are."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen.

    Attributes:
        stores: Name and id of each store by its word in the address: its code, or its id where two share a code.
        suppliers: Unique names of the suppliers.
        departments: Categories by department.
    """

    stores: Mapping[str, tuple[str, str]]
    suppliers: tuple[str, ...]
    departments: Mapping[str, tuple[str, ...]]

    def categories(self, department: str | None) -> tuple[str, ...]:
        """Categories of a department, or of all."""
        if department is not None:
            return self.departments[department]
        return tuple(sorted({name for names in self.departments.values() for name in names}))


@dataclass(frozen=True, slots=True)
class Filters:
    """What is chosen; None is everything.

    Attributes:
        period: Days to show.
        store: A store's word in the address.
        store_label: Its unique name, which is the dimension `store`.
        store_id: Its key in the tables.
        supplier: A supplier's unique name, which is the dimension `supplier`.
        department: A department.
        category: A category.
        product: A product's unique name, which is the dimension `product`.
    """

    period: Period
    store: str | None = None
    store_label: str | None = None
    store_id: str | None = None
    supplier: str | None = None
    department: str | None = None
    category: str | None = None
    product: str | None = None

    def where(self) -> tuple[Filter, ...]:
        """The filters other than the period, for a metric query."""
        chosen = {
            "store": self.store_label,
            "supplier": self.supplier,
            "department": self.department,
            "category": self.category,
            "product": self.product,
        }
        return tuple(equals(name, value) for name, value in chosen.items() if value is not None)

    def address(self, **changes: str | None) -> dict[str, str]:
        """The filters as query parameters, for a link; None in `changes` takes one away."""
        words: dict[str, str | None] = {
            "period": self.period.name,
            "store": self.store,
            "supplier": self.supplier,
            "department": self.department,
            "category": self.category,
            "product": self.product,
        }
        if self.period.name == periods.CUSTOM:
            words |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return {name: value for name, value in (words | changes).items() if value is not None}


def equals(dimension: str, value: str | date | bool) -> Filter:
    """A filter for one value."""
    return Filter(dimension=dimension, operator="=", value=value)


def one_of(dimension: str, values: Iterable[str]) -> Filter:
    """A filter for several values."""
    return Filter(dimension=dimension, operator="in", value=tuple(values))


def understand(words: Mapping[str, str], choices: Choices, shop: Shop) -> tuple[Filters, list[str]]:
    """Turn the words of an address into filters.

    Returns:
        The filters, and a note for each word that does not exist and was left out.
    """
    notes: list[str] = []
    name = _known("period", words, periods.LABELS, notes) or periods.DEFAULT
    is_custom = name == periods.CUSTOM
    first, last = (_day(words, word, shop.today, notes) if is_custom else None for word in ("from", "to"))
    store = _known("store", words, choices.stores, notes)
    department = _known("department", words, choices.departments, notes)
    product = words.get("product")
    filters = Filters(
        period=periods.resolve(name, shop.today, first, last),
        store=store,
        store_label=choices.stores[store][0] if store else None,
        store_id=choices.stores[store][1] if store else None,
        supplier=_known("supplier", words, choices.suppliers, notes),
        department=department,
        category=_known("category", words, choices.categories(department), notes),
        product=_known("product", words, _product_named(shop, product), notes) if product else None,
    )
    return filters, notes


def only(filters: Filters, uses: Collection[str]) -> Filters:
    """The filters without those that a page does not use; the period stays."""
    has_store = "store" in uses
    return replace(
        filters,
        store=filters.store if has_store else None,
        store_label=filters.store_label if has_store else None,
        store_id=filters.store_id if has_store else None,
        supplier=filters.supplier if "supplier" in uses else None,
        department=filters.department if "department" in uses else None,
        category=filters.category if "category" in uses else None,
        product=filters.product if "product" in uses else None,
    )


def choices_of(shop: Shop) -> Choices:
    """What the published run has to choose from."""
    stores = shop.rows("dim_stores", ("store_id", "store", "store_code"), order_by=("store",)).rows
    codes = [row["store_code"] for row in stores]
    words = {
        str(row["store_code"] if codes.count(row["store_code"]) == 1 else row["store_id"]): (
            str(row["store"]),
            str(row["store_id"]),
        )
        for row in stores
    }
    departments: dict[str, set[str]] = {}
    for row in shop.query("net_sales", by=("department", "category")).rows:
        if row["department"] is not None:
            departments.setdefault(str(row["department"]), set()).add(str(row["category"]))
    suppliers = tuple(
        str(row["supplier"]) for row in shop.rows("dim_suppliers", ("supplier",), order_by=("supplier",)).rows
    )
    return Choices(words, suppliers, {name: tuple(sorted(departments[name])) for name in sorted(departments)})


def _product_named(shop: Shop, name: str) -> tuple[str, ...]:
    if not name.isprintable():  # no name has control characters, and the guard refuses them
        return ()
    found = shop.rows("dim_products", ("product",), where=(equals("product", name),), limit=1)
    return tuple(str(row["product"]) for row in found.rows)


def _known(name: str, words: Mapping[str, str], known: Collection[str], notes: list[str]) -> str | None:
    word = words.get(name)
    if word is None or word in known:
        return word
    notes.append(_unknown(name, word))
    return None


def _day(words: Mapping[str, str], name: str, today: date, notes: list[str]) -> date | None:
    word = words.get(name)
    if word is None:
        return None
    try:
        found = date.fromisoformat(word)
    except ValueError:
        found = None
    if found is None or not today - periods.LONGEST <= found <= today:
        notes.append(_unknown("date", word))
        return None
    return found


def _unknown(what: str, word: str) -> str:
    short = word if len(word) <= 40 else f"{word[:40]}…"
    return f"The address asks for the {what} “{formats.plain(short)}”, which is not there; it was left out."
