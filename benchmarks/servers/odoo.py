"""Odoo: the connector's first load beside a bare loop that reads the same pages from the same server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from benchmarks.servers.loading import load_once, new_workspace
from benchmarks.timing import stopwatch
from connectors.odoo.settings import OdooSource
from tests.contract.odoo.fake_odoo import DATABASE, KEY, USER

FASTEST_MEASURED: Final = 25_000
"""Records a second of the fastest real Odoo that was measured: version 19, pages of 10,000, ids without names."""


@dataclass(frozen=True, slots=True)
class OdooFigures:
    """Records a second, and seconds.

    Attributes:
        server: Records a second that the server was told to give; 0 for as many as it can.
        records: Records of lines, tickets and payments.
        bare: Records a second of the bare loop.
        loaded: Records a second from the login until they are in the warehouse.
        no_change_seconds: The next load, when nothing has changed.
    """

    server: int
    records: int
    bare: float
    loaded: float
    no_change_seconds: float

    @property
    def ratio(self) -> float:
        """The connector's rate over the bare loop's."""
        return self.loaded / self.bare


def measure(folder: Path, lines: int, rate: int) -> OdooFigures:
    """Load a million-line Odoo twice, after the server has made its pages, and read the same pages by a bare loop."""
    os.environ["TILLSIGHT_ODOO_API_KEY"] = KEY
    with _server(lines) as address:
        source = OdooSource(type="odoo", url=address, database=DATABASE, user=USER)
        with httpx.Client(base_url=address, timeout=600) as client:
            load_once(source, new_workspace(folder / f"odoo-warm-{rate}"))
            requests = client.get("/requests").json()
            client.post("/rate", content=str(rate))
            with stopwatch() as bare:
                records = sum(_read(client, path, body) for path, body in requests)
            workspace = new_workspace(folder / f"odoo-{rate}")
            loaded, report = load_once(source, workspace)
            unchanged, again = load_once(source, workspace)
    assert report.tables["pos_order_line"].accepted == lines
    assert not again.changed
    return OdooFigures(rate, records, records / bare.seconds, records / loaded, unchanged)


def _read(client: httpx.Client, path: str, body: str) -> int:
    headers = {"Authorization": f"bearer {KEY}", "X-Odoo-Database": DATABASE, "Content-Type": "application/json"}
    response = client.post(path, content=body, headers=headers)
    return len(json.loads(response.content))


@contextmanager
def _server(lines: int) -> Iterator[str]:
    arguments = [sys.executable, "-m", "benchmarks.servers.odoo_server", str(lines)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
    finally:
        process.kill()
        process.wait()
