"""What products cost: Odoo keeps one cost per company, and tells that of the company that is asked for first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from connectors.incremental import Batch, Everything, typed_rows
from connectors.odoo.readers import AbsentReader, ModelReader


@dataclass(frozen=True, slots=True)
class CostReader(AbsentReader):
    """Reads the cost of every product in every company.

    Attributes:
        products: Reads the model.
        companies: Companies to ask for, one by one.
    """

    products: ModelReader
    companies: Sequence[int]

    def read(self) -> Iterator[Batch]:
        """Every product of every company; all of it each time, since a new cost need not move `write_date`."""
        for company in self.companies:
            alone = replace(self.products, context={"allowed_company_ids": [company]})
            for records in alone.records():
                rows, rejected = typed_rows(self.raw, [{**record, "company_id": company} for record in records])
                yield Batch(rows, rejected, Everything())
