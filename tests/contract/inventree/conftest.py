"""A small server that speaks InvenTree's API over what was recorded from a running one, and a shop that reads it."""

from __future__ import annotations

import copy
import json
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pyarrow as pa
import pytest

from connectors.incremental.load import load_source
from connectors.inventree import open_source
from connectors.inventree.settings import InvenTreeSource
from connectors.report import LoadReport
from retail.progress import silent
from retail.settings import Settings
from retail.workspace import Workspace

RECORDINGS = Path(__file__).parents[3].parent / "shared" / "sources" / "inventree" / "1.2.0dev_api423"
TOKEN = "inv-0123456789abcdef-secret"
LISTS = {
    "/api/company/": ("company", "company", {"name"}, "name"),
    "/api/company/part/": ("supplier_part", "supplierpart", {"SKU"}, "SKU"),
    "/api/company/price-break/": ("price_break", "supplierpricebreak", {"quantity", "price"}, "quantity"),
    "/api/order/po/": ("po", "purchaseorder", {"reference", "creation_date"}, "reference"),
    "/api/order/po-line/": ("po_line", "purchaseorderlineitem", {"order", "quantity"}, "order"),
    "/api/part/": ("part", "part", {"name", "IPN", "creation_date"}, "name"),
    "/api/part/category/": ("category", "partcategory", {"pathstring"}, "pathstring"),
    "/api/part/sale-price/": ("sale_price", "partsellpricebreak", {"quantity", "price"}, "quantity"),
    "/api/stock/": ("stock_all_incl_sold", "stockitem", {"quantity", "batch", "updated"}, "quantity"),
    "/api/stock/location/": ("location", "stocklocation", {"pathstring"}, "pathstring"),
}
"""Per list: its recording, the right it needs, the fields it can be ordered by, and the field it is ordered by else."""


def recorded(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())["body"]


@dataclass
class Fault:
    """An answer instead of the real one."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None


@dataclass
class FakeInvenTree:
    """The server. A test changes `rows` as people at work would, sets `faults` to break answers, `hidden` to leave out
    fields, and `before` to do something just before a page is made.

    Like the real one of this version it passes over parameters and orderings that it does not know, answers with a
    bare array where no limit is given, and leaves rows that are equal in what they are ordered by in any order.
    """

    url: str = ""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=lambda: recorded("root"))
    roles: dict[str, Any] = field(default_factory=lambda: recorded("roles"))
    rates: dict[str, Any] = field(default_factory=lambda: recorded("global_currency"))
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    before: Callable[[str, dict[str, str]], None] | None = None
    hidden: dict[str, set[str]] = field(default_factory=dict)
    random: random.Random = field(default_factory=lambda: random.Random(7))
    token: str = TOKEN
    recordings: Path = RECORDINGS
    fault: type[Fault] = Fault

    def answer(self, path: str, params: dict[str, str], token: str | None) -> tuple[int, Any]:
        if path == "/api/":
            return 200, self.about
        if token != f"Token {self.token}":
            return 401, {"detail": "Invalid token."}
        if path == "/api/user/roles/":
            return 200, self.roles
        if path == "/api/currency/exchange/":
            return 200, self.rates
        if path not in LISTS:
            return 404, {"detail": "Not found."}
        _, right, _, _ = LISTS[path]
        if "view" not in (self.roles["permissions"].get(right) or []) and not self.roles["is_superuser"]:
            return 403, {"detail": "You do not have permission to perform this action."}
        if self.before is not None:
            self.before(path, params)
        return 200, self._page(path, params)

    def _page(self, path: str, params: dict[str, str]) -> Any:
        _, _, orderings, default = LISTS[path]
        rows = list(self.rows[path])
        if params.get("in_stock") == "true" and path == "/api/stock/":
            rows = [row for row in rows if row["in_stock"]]
        known = [name for name in params.get("ordering", "").split(",") if name in orderings] or [default]
        self.random.shuffle(rows)
        rows.sort(key=lambda row: [(row[name] is not None, row[name]) for name in known])
        if "limit" not in params:
            return rows
        start, limit = int(params.get("offset", 0)), int(params["limit"])
        hidden = self.hidden.get(path, set())
        page = [{name: row[name] for name in row if name not in hidden} for row in rows[start : start + limit]]
        return {"count": len(rows), "next": None, "previous": None, "results": page}

    def break_next(self, path: str, *faults: Fault) -> None:
        self.faults[path] = list(faults)

    def asked(self, path: str) -> list[dict[str, str]]:
        return [params for _, asked, params in self.requests if asked == path]

    def add(self, path: str, like: int, **changes: Any) -> dict[str, Any]:
        """One more row: a copy of the row with that key, changed."""
        row = copy.deepcopy(next(row for row in self.rows[path] if row["pk"] == like))
        row |= {"pk": max(row["pk"] for row in self.rows[path]) + 1} | changes
        self.rows[path].append(row)
        return row

    def row(self, path: str, key: int) -> dict[str, Any]:
        return next(row for row in self.rows[path] if row["pk"] == key)

    def remove(self, path: str, key: int) -> None:
        self.rows[path] = [row for row in self.rows[path] if row["pk"] != key]

    def take_right(self, right: str) -> None:
        self.roles["permissions"].pop(right, None)


def _handler(fake: FakeInvenTree) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            params = dict(parse_qsl(url.query))
            fake.requests.append((self.command, url.path, params))
            waiting = fake.faults.get(url.path)
            if waiting:
                self._send(waiting.pop(0))
                return
            status, body = fake.answer(url.path, params, self.headers.get("Authorization"))
            self._send(Fault(status, json.dumps(body).encode()))

        def _send(self, fault: Fault) -> None:
            self.send_response(fault.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(fault.body) if fault.promised is None else fault.promised))
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(fault.body)
            self.close_connection = fault.promised is not None

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def fake() -> Iterator[FakeInvenTree]:
    """The server with what was recorded."""
    fake = FakeInvenTree(rows={path: recorded(name)["results"] for path, (name, *_) in LISTS.items()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Shop:
    """A workspace that is connected to the server."""

    workspace: Workspace
    source: InvenTreeSource
    settings: Settings

    def read(self, name: str) -> pa.Table:
        """What the reader of a table gives."""
        opened = open_source(self.source, self.workspace, self.settings)
        try:
            (reader,) = (reader for reader in opened.readers if reader.table.name == name)
            return pa.concat_tables([batch.rows for batch in reader.read()])
        finally:
            opened.close()

    def load(self) -> LoadReport:
        opened = open_source(self.source, self.workspace, self.settings)
        try:
            report = load_source(self.source, self.workspace, self.settings, silent, opened)
        finally:
            opened.close()
        for table in report.tables.values():
            assert table.accepted + table.quarantined == table.read
        return report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.workspace.warehouse), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every raw table but those that say when something was loaded."""
        names = self.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw_inventree'")
        kept = [name for (name,) in names if not name.startswith("_dlt") and name not in {"loads", "quarantine"}]
        return {name: sorted(self.rows(f"SELECT * FROM raw_inventree.{name}"), key=repr) for name in kept}


@pytest.fixture
def make_shop(
    fake: FakeInvenTree, make_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Shop]:
    """Make a shop with settings of its own."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)

    def make(token: str = TOKEN, **settings: Any) -> Shop:
        source = InvenTreeSource(type="inventree", **({"url": fake.url} | settings))
        return Shop(make_workspace(), source, Settings(inventree_token=token))

    return make


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    """A shop with the usual settings."""
    return make_shop()
