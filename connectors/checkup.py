"""What looking at a source found: for `tillsight connect` and `tillsight doctor`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is missing, in plain words.

    Attributes:
        what: What is wrong and what it means: "purchase orders cannot be read, so lead times stay unknown".
        remedy: What to do about it, naming the right, module or setting.
        is_fatal: Whether nothing can be loaded until it is mended.
    """

    what: str
    remedy: str
    is_fatal: bool


@dataclass(slots=True)
class Checkup:
    """One look at a source.

    Attributes:
        source: Type of the source.
        server: What answered, with its version: `Odoo 17.0 at https://shop.example`.
        stores: Names of the stores found.
        products: Number of products, archived ones too; None where unknown.
        sales: Number of sales that count.
        first_sale_at: Moment of the first one, UTC.
        last_sale_at: Moment of the last one, UTC.
        currency: Currency of the business, as an ISO 4217 code, where the source says one.
        time_zone: Time zone of the business, as an IANA name, where the source says one.
        problems: What is missing.
    """

    source: str
    server: str
    stores: list[str] = field(default_factory=list)
    products: int | None = None
    sales: int | None = None
    first_sale_at: datetime | None = None
    last_sale_at: datetime | None = None
    currency: str | None = None
    time_zone: str | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        """Whether loading can begin."""
        return not any(problem.is_fatal for problem in self.problems)
