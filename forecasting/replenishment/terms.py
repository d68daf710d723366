"""The terms that hold for each product in each store: set by a person, else as the source says, else assumed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from forecasting.replenishment.order_days import parse_order_days
from retail.operational.term_fields import TermField
from retail.operational.terms import TermIndex, TermOverride
from retail.settings import Settings

SUPPLIER: Final = "supplier"
PRODUCT: Final = "product"
ASSUMED: Final = "assumed"


def resolve_terms(
    lines: pd.DataFrame,
    terms: pd.DataFrame,
    suppliers: pd.DataFrame,
    overrides: Sequence[TermOverride],
    settings: Settings,
) -> pd.DataFrame:
    """The lines with a column for every term, and where each comes from.

    Args:
        lines: Product-stores: `store_id`, `product_id`, `supplier_id`, `shelf_life_days`, `product_cost`.
        terms: Terms by supplier and product.
        suppliers: Suppliers with `supplier`, `minimum_order_amount` and `order_days`.
        overrides: What people have set.
        settings: What is assumed of lead times and review periods.

    Returns:
        The lines with a column per `TermField` (`order_days` as a tuple of weekday numbers), `supplier` and
        `term_sources`, a dict per line of field to source.
    """
    index = TermIndex(overrides)
    sources: list[dict[str, str]] = [{} for _ in range(len(lines))]
    lines = lines.assign(term_sources=pd.Series(sources, index=lines.index, dtype=object))
    lines["supplier_id"] = lines["supplier_id"].astype(object).where(lines["supplier_id"].notna(), None)
    _set_by_people(lines, index if overrides else None, (TermField.SUPPLIER_ID,))
    lines = lines.merge(
        terms.rename(columns={"order_days": "product_order_days", "unit_cost": "agreed_cost"}),
        on=["supplier_id", "product_id"],
        how="left",
    ).merge(suppliers.rename(columns={"order_days": "supplier_order_days"}), on="supplier_id", how="left")
    lines["order_days"] = [
        parse_order_days(of_product) or parse_order_days(of_supplier)
        for of_product, of_supplier in zip(
            _text(lines["product_order_days"]), _text(lines["supplier_order_days"]), strict=True
        )
    ]
    lines["unit_cost"] = lines["agreed_cost"].where(lines["agreed_cost"] > 0, lines["product_cost"])
    lines["unit_cost"] = lines["unit_cost"].where(lines["unit_cost"] > 0)
    lines["supplier_minimum_amount"] = lines["minimum_order_amount"]
    lines["review_period_days"] = np.nan
    lines["service_level"] = np.nan
    _note_sources(lines)
    _set_by_people(lines, index if overrides else None, [field for field in TermField if field != "supplier_id"])
    lines["is_lead_time_assumed"] = lines["lead_time_days"].isna()
    lines["lead_time_days"] = lines["lead_time_days"].fillna(settings.default_lead_time_days)
    lines["review_period_days"] = lines["review_period_days"].fillna(settings.default_review_period_days)
    return lines


def _note_sources(lines: pd.DataFrame) -> None:
    from_supplier = ("lead_time_days", "moq", "pack_size", "supplier_minimum_amount")
    for field in (*from_supplier, "shelf_life_days", "unit_cost"):
        name = PRODUCT if field == "shelf_life_days" else SUPPLIER
        for sources, value in zip(lines["term_sources"], lines[field], strict=True):
            if pd.notna(value):
                sources.setdefault(field, name)
    for sources, agreed, cost in zip(lines["term_sources"], lines["agreed_cost"], lines["unit_cost"], strict=True):
        if pd.notna(cost) and not agreed > 0:
            sources["unit_cost"] = PRODUCT
    for sources, days in zip(lines["term_sources"], lines["order_days"], strict=True):
        sources["order_days" if days else "review_period_days"] = SUPPLIER if days else ASSUMED
        sources.setdefault("lead_time_days", ASSUMED)


def _set_by_people(lines: pd.DataFrame, index: TermIndex | None, fields: Sequence[TermField]) -> None:
    """Put what people have set over the columns, in place; the most specific one holds."""
    if index is None:
        return
    keys = list(zip(lines["supplier_id"], lines["product_id"], lines["store_id"], strict=True))
    for field in fields:
        found = [index.find(*key, field) for key in keys]
        if not any(found):
            continue
        lines[field.value] = pd.Series(
            [old if new is None else new.typed for old, new in zip(lines[field.value], found, strict=True)],
            index=lines.index,
            dtype=object if field in {TermField.ORDER_DAYS, TermField.SUPPLIER_ID} else float,
        )
        for sources, new in zip(lines["term_sources"], found, strict=True):
            if new is not None:
                sources[field.value] = f"set by {new.set_by or 'a person'}"
                # one for everything is for whoever has no order days, and takes nobody's away
                if field == TermField.REVIEW_PERIOD_DAYS and (new.supplier_id or new.product_id):
                    sources.pop("order_days", None)


def _text(column: pd.Series[str]) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in column]
