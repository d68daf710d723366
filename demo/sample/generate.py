"""Make the sample chain's files: all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from demo.delivery import Delivery, delivered
from demo.sample import chain as chains
from demo.sample import checkout, master_files, payments, pricing, sales_files, simulation, stock_files
from demo.sample import customers as loyalty
from demo.sample import days as calendar
from demo.sample import demand as demands
from demo.sample.chain import Size
from demo.sample.writer import Writer
from retail.errors import UnusableRequest
from retail.progress import Progress, silent

_LENGTH_DAYS: dict[Size, int] = {"full": 731, "small": 150}
_STEP = "sample chain"

TRUTH_FOLDER = "truth"
"""Folder beside the files that holds the true demand."""


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was made.

    Attributes:
        lines: Sale lines, those of cancelled and draft tickets included.
        stores: Stores.
        products: Stocked products, without charges.
        as_of_at: Moment of the last thing that can have happened.
        files: Names of the files, with their rows.
    """

    lines: int
    stores: int
    products: int
    as_of_at: datetime
    files: dict[str, int]


def generate(
    folder: Path,
    *,
    as_of_at: datetime,
    seed: int = 7,
    size: Size = "full",
    progress: Progress = silent,
) -> SampleSummary:
    """Make the sample chain up to a moment, as CSV files in the template of the files connector.

    The files appear in `folder` all at once, when everything is written; the true demand (store_id, product_id,
    business_date, true_units) lies beside it in `truth/true_demand.parquet`. The same arguments give the same bytes.

    Args:
        folder: Where the files go; made if missing. It must be empty.
        as_of_at: The moment that counts as now, with a time zone. Nothing happens after it.
        seed: Start of the chance.
        size: `full` is 5 stores and 2 years, `small` is 2 stores, about 40 products and 150 days.
        progress: Told how far it is.

    Raises:
        UnusableRequest: The folder holds files, or the moment has no time zone.
        PipelineError: The files cannot be written, for instance because the disk is full.
    """
    if as_of_at.tzinfo is None:
        raise UnusableRequest(f"The as-of moment {as_of_at.isoformat()} has no time zone: add one, such as Z.")
    as_of_at = as_of_at.astimezone(UTC).replace(microsecond=0)
    with delivered(folder, aside=folder.parent / TRUTH_FOLDER) as delivery:
        return _generate(delivery, as_of_at, seed, size, progress)


def _generate(delivery: Delivery, as_of_at: datetime, seed: int, size: Size, progress: Progress) -> SampleSummary:
    # A stream of chance for each step: a change in one leaves the others as they were.
    streams = iter(np.random.default_rng(seed).spawn(9))
    length = _LENGTH_DAYS[size]
    progress(_STEP, 0, 4)
    chain = chains.build(size, length, next(streams))
    days = calendar.build(chain.stores, as_of_at, length)
    prices = pricing.build(chain, days, next(streams))
    demand = demands.build(chain, days, prices, size, next(streams))
    progress(_STEP, 1, 4)
    history = simulation.run(chain, days, demand, prices, next(streams))
    progress(_STEP, 2, 4)
    customers = loyalty.build(chain, length, next(streams))
    tickets, lines = checkout.build(chain, days, prices, history, customers, next(streams))
    paid = payments.build(tickets, lines, next(streams))
    progress(_STEP, 3, 4)
    with Writer(delivery.files) as writer:
        master_files.write(writer, chain, days, prices, customers, next(streams))
        sales_files.write(writer, chain, days, prices, tickets, lines, paid, customers.ids)
        stock_files.write(writer, chain, days, prices, history, next(streams))
        stock_files.write_truth(writer, delivery.aside / "true_demand.parquet", chain, days, demand)
        rows = writer.rows
    progress(_STEP, 4, 4)
    return SampleSummary(
        lines=len(lines.ticket),
        stores=len(chain.stores),
        products=len(chain.products),
        as_of_at=as_of_at,
        files={f"{table}.csv": count for table, count in sorted(rows.items())},
    )
