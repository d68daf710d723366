"""A reorder draft as the operational store sees it: a row of `fct_reorder_drafts`, checked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from retail.errors import UnusableRequest

_COUNTED: Final = ("on_hand", "reserved", "on_order", "expiring", "moq", "pack_size")
"""Reasons of a draft that are counted units: a fraction among them says that the product comes in fractions."""


class Draft(BaseModel):
    """The columns of a draft that a decision keeps. Names and meanings are those of `fct_reorder_drafts`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    draft_id: str
    run_id: str | None = None
    kind: str = "order"
    product_id: str
    sku: str | None = None
    product: str | None = None
    store_id: str
    from_store_id: str | None = None
    supplier_id: str | None = None
    supplier: str | None = None
    order_date: date
    delivery_date: date
    order_quantity: float
    unit_cost: float | None = None
    currency: str | None = None
    reasons: Mapping[str, object] = {}

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Self:
        """Read a row as `metrics` gives it.

        Raises:
            UnusableRequest: It is no row of `fct_reorder_drafts`.
        """
        try:
            return cls.model_validate(dict(row))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UnusableRequest(
                f"This is no reorder draft to decide on: {where}: {first['msg']}. Read it again from the list."
            ) from error

    @property
    def comes_in_fractions(self) -> bool:
        """Whether part of a unit can be ordered: the draft does it, or a stock figure or term is fractional."""
        figures = [self.order_quantity, *(self.reasons.get(name) for name in _COUNTED)]
        return any(isinstance(figure, float) and not figure.is_integer() for figure in figures)

    @field_validator("unit_cost", mode="after")
    @classmethod
    def _known_or_null(cls, value: float | None) -> float | None:
        return None if value is None or not math.isfinite(value) else value

    @field_validator("reasons", mode="before")
    @classmethod
    def _from_json(cls, value: object) -> object:
        return (json.loads(value) if isinstance(value, str) else value) or {}
