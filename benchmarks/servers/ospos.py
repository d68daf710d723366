"""OSPOS: the connector's first load beside connectorx alone, which reads the same tables into Arrow and drops them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import connectorx
import duckdb
import pyarrow as pa

from benchmarks.servers.loading import load_once, new_workspace
from benchmarks.timing import stopwatch
from connectors.ospos.settings import OsposSource
from tests.mariadb import ROOT_PASSWORD, MariaDb, start, stop

SAMPLE: Final = Path(__file__).parents[3] / "shared" / "sources" / "ospos" / "sample.sql"
SAMPLE_SALE_ITEMS: Final = 501
IDS_APART: Final = 1000
"""Copies of the sample lie so far apart; none of its numbers is higher."""

COPIED: Final = {
    "sales": ("sale_id",),
    "sales_items": ("sale_id",),
    "sales_items_taxes": ("sale_id",),
    "sales_payments": ("payment_id", "sale_id"),
    "inventory": ("trans_id",),
}
"""Tables that grow with trade, and their numbers."""


@dataclass(frozen=True, slots=True)
class OsposFigures:
    """Rows a second, and seconds.

    Attributes:
        rows: Rows of the tables that grow with trade.
        alone: Rows a second of connectorx into Arrow.
        loaded: Rows a second from the login until they are in the warehouse.
        no_change_seconds: The next load, when nothing has changed.
        nightly_seconds: The same with the wide re-read of the last 60 days and the comparison of every number.
    """

    rows: int
    alone: float
    loaded: float
    no_change_seconds: float
    nightly_seconds: float

    @property
    def ratio(self) -> float:
        """The connector's rate over connectorx's."""
        return self.loaded / self.alone


def measure(folder: Path, lines: int) -> OsposFigures:
    """Copy the recorded shop until it has so many sale lines, spread over two years, and load it."""
    with _server(folder / "mariadb") as server:
        copies = -(-lines // SAMPLE_SALE_ITEMS)
        _fill(server, copies)
        os.environ["TILLSIGHT_OSPOS_PASSWORD"] = ROOT_PASSWORD
        source = OsposSource(
            type="ospos", host="127.0.0.1", port=server.port, database="ospos", user="bench", tls="off"
        )
        rows, alone = _alone(server)
        workspace = new_workspace(folder / "ospos")
        loaded, _ = load_once(source, workspace)
        _must_be_there(workspace.warehouse, rows)
        unchanged, again = load_once(source, workspace)
        nightly, _ = load_once(source, workspace, is_deep=True)
    assert not again.changed
    return OsposFigures(rows, rows / alone, rows / loaded, unchanged, nightly)


def _fill(server: MariaDb, copies: int) -> None:
    server.execute("CREATE DATABASE ospos CHARACTER SET utf8mb4")
    server.execute(SAMPLE.read_text(), "ospos")
    server.execute(f"CREATE USER bench@'%' IDENTIFIED BY '{ROOT_PASSWORD}'; GRANT SELECT ON ospos.* TO bench@'%'")
    for table, numbers in COPIED.items():
        columns = [
            name
            for (name,) in server.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'ospos'"
                f" AND table_name = 'ospos_{table}' ORDER BY ordinal_position"
            )
        ]
        shown = ", ".join(_copied(name, numbers, copies) for name in columns)
        server.execute(
            f"INSERT INTO ospos_{table} ({', '.join(f'`{name}`' for name in columns)})"
            f" SELECT {shown} FROM seq_1_to_{copies - 1} AS copy, ospos_{table}",
            "ospos",
        )


def _copied(name: str, numbers: tuple[str, ...], copies: int) -> str:
    if name in numbers:
        return f"`{name}` + {IDS_APART} * copy.seq"
    if name == "invoice_number":
        return f"concat(`{name}`, '-', copy.seq)"
    if name == "trans_comment":
        word = f"substring_index(`{name}`, ' ', -1)"
        renumbered = f"concat(left(`{name}`, length(`{name}`) - length({word})), {word} + {IDS_APART} * copy.seq)"
        return f"if(`{name}` regexp '^(POS|Deleting sale) [0-9]+$', {renumbered}, `{name}`)"
    if name in {"sale_time", "trans_date"}:
        return f"`{name}` - INTERVAL floor(670 * ({copies} - copy.seq) / {copies}) DAY"
    return f"`{name}`"


def _alone(server: MariaDb) -> tuple[int, float]:
    url = f"mysql://bench:{ROOT_PASSWORD.replace(' ', '%20')}@127.0.0.1:{server.port}/ospos"
    rows = 0
    with stopwatch() as watch:
        for table in COPIED:
            answer: pa.Table = connectorx.read_sql(url, f"SELECT * FROM ospos_{table}", return_type="arrow")
            rows += answer.num_rows
    return rows, watch.seconds


def _must_be_there(warehouse: Path, rows: int) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        loaded = sum(connection.execute(f"SELECT count(*) FROM raw_ospos.{table}").fetchall()[0][0] for table in COPIED)
    assert loaded == rows, f"{loaded} of {rows} rows were loaded"


@contextmanager
def _server(folder: Path) -> Iterator[MariaDb]:
    folder.mkdir(parents=True)
    server, process = start(folder)
    try:
        yield server
    finally:
        stop(server, process)
