"""The child process that runs SQL which people wrote: it can be killed when nothing else stops a query.

Speaks one JSON document per line on standard input and output. Run as `python -m metrics.worker`.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final

import duckdb

from metrics.database import Sandbox, open_sandbox
from metrics.execute import fetch, plain
from retail.errors import TillsightError

_HEADROOM_BYTES: Final = 1_500_000_000
_UNITS: Final = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def main() -> None:
    """Answer requests until the input ends."""
    answers: IO[str] = sys.stdout
    sys.stdout = sys.stderr
    opened: dict[Sandbox, duckdb.DuckDBPyConnection] = {}
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(_answer(request, opened), default=_encode) + "\n")
        answers.flush()


def _answer(request: dict[str, Any], opened: dict[Sandbox, duckdb.DuckDBPyConnection]) -> dict[str, Any]:
    sandbox = Sandbox(**{**request["sandbox"], "views": tuple(request["sandbox"]["views"])})
    if sandbox not in opened:
        for connection in opened.values():
            connection.close()
        opened.clear()
        _cap_memory(sandbox.memory_limit)
        opened[sandbox] = open_sandbox(sandbox)
    if request["sql"] is None:
        return {"types": [], "rows": []}
    try:
        types, rows = fetch(opened[sandbox], request["sql"], request["timeout_seconds"])
    except TillsightError as error:
        return {"error": type(error).__name__, "message": str(error)}
    return {"types": types, "rows": [[plain(value) for value in row] for row in rows]}


def _cap_memory(limit: str) -> None:
    """Bound the whole process, since a single value can outgrow what the engine counts."""
    number = limit.upper().rstrip("BKMGTI ")
    unit = limit.upper()[len(number) :].strip() or "GB"
    size = int(float(number) * _UNITS.get(unit, 10**9)) + _HEADROOM_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (size, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, (time, timedelta)):
        return str(value)
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    main()
