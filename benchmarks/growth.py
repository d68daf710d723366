"""A bigger chain from the sample chain: denser store-days, with the same stores, products and days.

Each ticket of the sample is copied with its lines and payments, every copy a few seconds after the one before, under
ids of its own. What lives in units of stock (movements, levels, order lines, receipts) is multiplied instead, so that
sales and ledger go on agreeing. The last day is put aside, as the files that a shop would drop in the next morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

from retail.duckdb_options import OFFLINE

AS_OF_AT: Final = datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
"""Now, for the benchmark: after the last of the sample's stores has closed, before the first opens."""

LAST_DAY_FROM: Final = AS_OF_AT - timedelta(days=1)
SECONDS_BETWEEN_COPIES: Final = 7
DAYS_THAT_THE_EDIT_IS_LATE: Final = 10

MOMENTS: Final = {"sales": "sold_at", "sale_lines": "sold_at", "payments": "paid_at"}
"""Tables that are copied, with the column that says when."""

SCALED: Final = {
    "stock_movements": ("moved_at", ("quantity",)),
    "stock_levels": (None, ("on_hand", "reserved")),
    "purchase_order_lines": (None, ("quantity",)),
    "receipts": ("received_at", ("quantity",)),
}
"""Tables whose quantities are multiplied, with the column that says when, if any."""

_IDS: Final = {"sales": ("sale_id",), "sale_lines": ("sale_line_id", "sale_id"), "payments": ("payment_id", "sale_id")}


@dataclass(frozen=True, slots=True)
class GrownChain:
    """What was written.

    Attributes:
        sale_lines: Lines, without the last day's.
        csv_bytes: Size of the files, without the last day's.
        day_sale_lines: New lines of the last day.
        edited_sale_id: The ticket that the last day's files correct: one line is a unit of money cheaper.
    """

    sale_lines: int
    csv_bytes: int
    day_sale_lines: int
    edited_sale_id: str


def grow(sample: Path, folder: Path, day_folder: Path, copies: int) -> GrownChain:
    """Write the files of a chain with `copies` times the sample's tickets.

    Args:
        sample: The sample chain's files, one CSV per table.
        folder: Gets every table, the copied ones as a file per month, up to the last day.
        day_folder: Gets the last day, and one corrected ticket of ten days before.
        copies: How many tickets each ticket of the sample becomes; 1 leaves it as it is.
    """
    folder.mkdir(parents=True)
    day_folder.mkdir(parents=True)
    with duckdb.connect(config={**OFFLINE}) as connection:
        connection.execute("set timezone = 'UTC'; set enable_progress_bar = false")
        tables = _read(connection, sample)
        for table in tables - MOMENTS.keys() - SCALED.keys():
            _write(connection, f"from {table}", folder / f"{table}.csv")
        for table in SCALED.keys() & tables:
            _write_scaled(connection, table, folder, day_folder, copies)
        for table in MOMENTS:
            _write_copies(connection, table, folder, day_folder, copies)
        edited_sale_id = _write_edit(connection, day_folder)
        base, day = _count_lines(connection, copies)
    csv_bytes = sum(path.stat().st_size for path in folder.iterdir())
    return GrownChain(base, csv_bytes, day, edited_sale_id)


def _read(connection: duckdb.DuckDBPyConnection, sample: Path) -> set[str]:
    """Read the sample as text, so that what is not touched is written as it was."""
    for path in sample.glob("*.csv"):
        connection.execute(f"create table {path.stem} as from read_csv(?, all_varchar = true)", [str(path)])
    return {path.stem for path in sample.glob("*.csv")}


def _write_scaled(
    connection: duckdb.DuckDBPyConnection, table: str, folder: Path, day_folder: Path, copies: int
) -> None:
    moment, quantities = SCALED[table]
    replaced = ", ".join(f"cast({name} as decimal(18, 4)) * {copies} as {name}" for name in quantities)
    scaled = f"select * replace ({replaced}) from {table}"
    if table == "stock_levels":
        _write(connection, _levels_before_the_last_day(scaled, copies), folder / f"{table}.csv")
        _write(connection, scaled, day_folder / f"{table}.csv")
    elif moment is None:
        _write(connection, scaled, folder / f"{table}.csv")
    else:
        _write(connection, f"{scaled} where {_is_before(moment)}", folder / f"{table}.csv")
        _write(connection, f"{scaled} where not {_is_before(moment)}", day_folder / f"{table}.csv")


def _levels_before_the_last_day(scaled_levels: str, copies: int) -> str:
    return f"""
        select levels.* replace (levels.on_hand - coalesce(moved.quantity, 0) as on_hand)
        from ({scaled_levels}) as levels
        left join (
            select store_id, product_id, sum(cast(quantity as decimal(18, 4))) * {copies} as quantity
            from stock_movements where not {_is_before("moved_at")} group by all
        ) as moved using (store_id, product_id)
    """


def _write_copies(
    connection: duckdb.DuckDBPyConnection, table: str, folder: Path, day_folder: Path, copies: int
) -> None:
    moment = MOMENTS[table]
    months = connection.execute(f"select distinct {moment}[:7] from {table} where {_is_before(moment)} order by 1")
    for (month,) in months.fetchall():
        chosen = f"{_is_before(moment)} and {moment}[:7] = '{month}'"
        _write(connection, _copied(table, chosen, copies), folder / f"{table}-{month}.csv")
    _write(connection, _copied(table, f"not {_is_before(moment)}", copies), day_folder / f"{table}.csv")


def _copied(table: str, chosen: str, copies: int) -> str:
    moment = MOMENTS[table]
    ids = [f"{name} || case when copy > 0 then '~' || copy else '' end as {name}" for name in _IDS[table]]
    later = f"cast({moment}[:19] as timestamp) + to_seconds(copy * {SECONDS_BETWEEN_COPIES})"
    replaced = ", ".join([*ids, f"strftime({later}, '%Y-%m-%dT%H:%M:%SZ') as {moment}"])
    return f"select * exclude (copy) replace ({replaced}) from {table}, range({copies}) as copies (copy) where {chosen}"


def _write_edit(connection: duckdb.DuckDBPyConnection, day_folder: Path) -> str:
    """Write an old ticket again with a line and its payment one unit of money lower; totals go on agreeing."""
    edited_from = LAST_DAY_FROM - timedelta(days=DAYS_THAT_THE_EDIT_IS_LATE)
    row = connection.execute(
        f"""
        select sale_id, min_by(sale_line_id, sale_line_id), min(payments.payment_id)
        from sale_lines join payments using (sale_id) join (select sale_id, status from sales) using (sale_id)
        where status = 'completed'
            and {_is_before("sold_at", edited_from)} and not {_is_before("sold_at", edited_from - timedelta(days=1))}
        group by sale_id
        having count(distinct payment_id) = 1 and min(cast(net_amount as decimal(18, 4))) > 2
        order by sale_id limit 1
        """
    ).fetchone()
    assert row is not None, "the sample chain sells something every day"
    sale_id, sale_line_id, payment_id = row
    line = _cheaper(
        "sale_lines", "sale_line_id", sale_line_id, {"discount_amount": 1, "net_amount": -1, "gross_amount": -1}
    )
    payment = _cheaper("payments", "payment_id", payment_id, {"amount": -1})
    _write(connection, f"from sales where sale_id = '{sale_id}'", day_folder / "sales-edited.csv")
    _write(connection, f"{line} where sale_id = '{sale_id}'", day_folder / "sale_lines-edited.csv")
    _write(connection, f"{payment} where sale_id = '{sale_id}'", day_folder / "payments-edited.csv")
    return str(sale_id)


def _cheaper(table: str, key: str, value: str, changes: dict[str, int]) -> str:
    replaced = ", ".join(
        f"case when {key} = '{value}' then cast(cast(coalesce({name}, '0') as decimal(18, 4)) + {by} as varchar) "
        f"else {name} end as {name}"
        for name, by in changes.items()
    )
    return f"select * replace ({replaced}) from {table}"


def _count_lines(connection: duckdb.DuckDBPyConnection, copies: int) -> tuple[int, int]:
    before = _is_before("sold_at")
    row = connection.execute(
        f"select count(*) filter ({before}), count(*) filter (not {before}) from sale_lines"
    ).fetchone()
    assert row is not None
    return row[0] * copies, row[1] * copies


def _is_before(moment: str, limit: datetime = LAST_DAY_FROM) -> str:
    """Condition on a moment of the sample; all of them are written alike, in UTC, so that their text sorts by time."""
    return f"{moment} < '{limit:%Y-%m-%dT%H:%M:%SZ}'"


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to '{path}' (header, delimiter ',')")
