"""Make the sample chain's files: all of them or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np

from demo.sample import chain as chains
from demo.sample import customers as loyalty
from demo.sample import days as calendar
from demo.sample import demand as demands
from demo.sample import master_files, payments, pricing, sales_files, simulation, stock_files, tickets
from demo.sample.chain import Size
from demo.sample.writer import Writer
from retail.errors import PipelineError, UnusableRequest

_LENGTH_DAYS: dict[Size, int] = {"full": 731, "small": 150}
TRUTH_FOLDER = "truth"


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


def _say_nothing(message: str) -> None:
    del message


def generate(
    folder: Path,
    *,
    as_of_at: datetime,
    seed: int = 7,
    size: Size = "full",
    progress: Callable[[str], None] = _say_nothing,
) -> SampleSummary:
    """Make the sample chain up to a moment, as CSV files in the template of the files connector.

    The files appear in `folder` all at once, when everything is written; the true demand (store_id, product_id,
    business_date, true_units) lies beside it in `truth/true_demand.parquet`. The same arguments give the same bytes.

    Args:
        folder: Where the files go; made if missing. It must be empty.
        as_of_at: The moment that counts as now, with a time zone. Nothing happens after it.
        seed: Start of the chance.
        size: `full` is 5 stores and 2 years, `small` is 2 stores, about 40 products and 150 days.
        progress: Told in a few words what is being done.

    Raises:
        UnusableRequest: The folder holds files, or the moment has no time zone.
        PipelineError: The files cannot be written, for instance because the disk is full.
    """
    if as_of_at.tzinfo is None:
        raise UnusableRequest(f"The as-of moment {as_of_at.isoformat()} has no time zone: add one, such as Z.")
    as_of_at = as_of_at.astimezone(UTC).replace(microsecond=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UnusableRequest(f"{folder} holds files already: empty it or name another folder for the sample.")
        making = Path(tempfile.mkdtemp(prefix=temporary_prefix(folder), dir=folder.parent))
        try:
            return _generate(folder, making, as_of_at, seed, size, progress)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    except (OSError, duckdb.IOException) as error:
        raise PipelineError(
            f"The sample data could not be written to {folder}: {error}. Make room or name another "
            "folder, and try again."
        ) from error


def temporary_prefix(folder: Path) -> str:
    """How the name of the folder begins that files for `folder` are made in; left behind only by a killed process."""
    return f".{folder.name}.making-"


def _generate(
    folder: Path, making: Path, as_of_at: datetime, seed: int, size: Size, progress: Callable[[str], None]
) -> SampleSummary:
    # A stream of chance for each step: a change in one leaves the others as they were.
    streams = iter(np.random.default_rng(seed).spawn(10))
    length = _LENGTH_DAYS[size]
    progress("stores, products and promotions")
    chain = chains.build(size, length, next(streams))
    days = calendar.build(chain.stores, as_of_at, length)
    prices = pricing.build(chain, days, next(streams))
    progress(f"demand of {len(chain.products)} products in {len(chain.stores)} stores over {length} days")
    demand = demands.build(chain, days, prices, size, next(streams))
    history = simulation.run(chain, days, demand, prices, next(streams))
    progress("tickets and payments")
    customers = loyalty.build(chain, length, next(streams))
    receipts, lines = tickets.build(chain, days, prices, history, customers, next(streams))
    paid = payments.build(receipts, lines, next(streams))
    progress(f"writing {len(lines.ticket):,} sale lines")
    files, truth = making / "files", making / TRUTH_FOLDER
    files.mkdir()
    truth.mkdir()
    with Writer(files) as writer:
        master_files.write(writer, chain, days, prices, customers, next(streams))
        sales_files.write(writer, chain, days, prices, receipts, lines, paid, customers.ids)
        stock_files.write(writer, chain, days, prices, history, next(streams))
        stock_files.write_truth(writer, truth / "true_demand.parquet", chain, days, demand)
        rows = dict(writer.rows)
    _move(truth, folder.parent / TRUTH_FOLDER)
    _move(files, folder)
    return SampleSummary(
        lines=len(lines.ticket),
        stores=len(chain.stores),
        products=len(chain.products),
        as_of_at=as_of_at,
        files={f"{table}.csv": count for table, count in sorted(rows.items())},
    )


def _move(source: Path, target: Path) -> None:
    """Put a finished folder in its place; an old truth makes way, while `folder` itself is known to be empty."""
    if target.name == TRUTH_FOLDER:
        shutil.rmtree(target, ignore_errors=True)
    source.replace(target)
