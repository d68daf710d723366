"""Running a guarded query in this process: a cursor per call, a timer that interrupts, one row more than is shown."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from metrics.guard import Guarded
from metrics.result import Row, Value
from retail.errors import QueryTimeout, TillsightError, UnusableRequest


@dataclass(frozen=True, slots=True)
class Rows:
    """What came back.

    Attributes:
        types: DuckDB's type of each column.
        rows: Rows as dictionaries, at most as many as are shown.
        truncated: Whether there were more.
    """

    types: tuple[str, ...]
    rows: list[Row]
    truncated: bool


Answer = tuple[list[str], list[tuple[Any, ...]]]
"""DuckDB's type of each column, and the rows."""


def fetch(connection: duckdb.DuckDBPyConnection, sql: str, timeout_seconds: float) -> Answer:
    """Run a query on a cursor of its own and give types and rows.

    Raises:
        QueryTimeout: It ran past the limit and was interrupted.
        UnusableRequest: The engine cannot compute it, for instance a text that is no number.
    """
    cursor = connection.cursor()
    finished, lock = threading.Event(), threading.Lock()

    def interrupt() -> None:
        with lock:
            if not finished.is_set():
                cursor.interrupt()

    timer = threading.Timer(timeout_seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        cursor.execute(sql)
        types = [str(column[1]) for column in cursor.description or []]
        rows = cursor.fetchall()
    except duckdb.InterruptException as error:
        raise timed_out(timeout_seconds) from error
    except duckdb.Error as error:
        raise _explain(error) from error
    finally:
        with lock:
            finished.set()
        timer.cancel()
        cursor.close()
    return types, rows


def run(connection: duckdb.DuckDBPyConnection, query: Guarded, timeout_seconds: float) -> Rows:
    """Run a guarded query in this process."""
    types, rows = fetch(connection, query.sql, timeout_seconds)
    return shape(query, types, rows)


def shape(query: Guarded, types: list[str], rows: list[tuple[Any, ...]]) -> Rows:
    """Name the columns, cut the extra row off and say whether there was one."""
    shown = rows[: query.most_rows]
    named = [{name: plain(value) for name, value in zip(query.columns, row, strict=True)} for row in shown]
    return Rows(tuple(types), named, len(rows) > query.most_rows)


def plain(value: Any) -> Value:
    """A value as numbers, text, dates and None: decimals become floats, and NaN or infinity are no number."""
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)) or hasattr(value, "isoformat"):
        return value  # type: ignore[no-any-return]
    return str(value)


def timed_out(timeout_seconds: float) -> QueryTimeout:
    """The error of a query that ran too long."""
    return QueryTimeout(
        f"The query ran longer than {timeout_seconds:g} seconds and was stopped. "
        "Ask for a shorter period or fewer rows."
    )


def _explain(error: duckdb.Error) -> TillsightError:
    """Say what went wrong. The engine's own text is kept for binding only: others may quote a value of a hidden row."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryTimeout("The query needs more memory than it may use. Ask for a shorter period or fewer columns.")
    if isinstance(error, (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)):
        return UnusableRequest("The query cannot be computed: a value is no number, date or text of the kind it needs.")
    reason = str(error).splitlines()[0][:300] if isinstance(error, duckdb.BinderException) else type(error).__name__
    return UnusableRequest(f"The query cannot be run: {reason}")
