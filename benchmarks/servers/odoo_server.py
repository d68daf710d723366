"""An Odoo 19 with a million lines that answers as fast as it is told to: `python -m … LINES`, prints its port.

It keeps every page of records that it has made, so that from the second time on its own work is next to nothing.
`GET /requests` tells the requests for big pages so far; `POST /rate` sets how many records a second it gives.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from tests.contract.odoo.fake_odoo import FakeOdoo

LINES_PER_ORDER: Final = 4
BIG: Final = ("pos.order.line", "pos.order", "pos.payment")


class BigOdoo(FakeOdoo):
    """The fake of the contract tests, whose tickets are many and made as they are asked for."""

    def __init__(self, lines: int) -> None:
        super().__init__("19.0")
        self.seed()
        self.lines = lines
        self._samples = {model: dict(next(iter(self.rows[model].values()))) for model in BIG}

    def size(self, model: str) -> int:
        """Records of a big model."""
        return self.lines if model == "pos.order.line" else self.lines // LINES_PER_ORDER

    def _call(self, model: str, method: str, arguments: dict[str, Any]) -> Any:
        if model in BIG and method in {"search_read", "search", "search_count"}:
            return self._big(model, method, arguments)
        return super()._call(model, method, arguments)

    def _big(self, model: str, method: str, arguments: dict[str, Any]) -> Any:
        size, after, is_changes, upto = self.size(model), 0, False, None
        for term in arguments["domain"]:
            if term[0] == "id" and term[1] == ">":
                after = int(term[2])
            if term[0] == "write_date" and term[1] == ">=":
                is_changes = True
        if method == "search_count":
            return size
        if is_changes:
            after = max(after, size - 200)  # what an hour of trade writes
        limit = arguments.get("limit") or size
        upto = min(size, after + limit)
        if method == "search":
            return list(range(after + 1, upto + 1))
        if str(arguments.get("order", "")).endswith("desc"):
            after, upto = size - 1, size
        return [self._record(model, number, arguments["fields"]) for number in range(after + 1, upto + 1)]

    def _record(self, model: str, number: int, fields: list[str]) -> dict[str, Any]:
        record = {**self._samples[model], "id": number}
        if model == "pos.order.line":
            record |= {"order_id": (number - 1) // LINES_PER_ORDER + 1, "qty": 1.0 + number % 3}
        elif model == "pos.payment":
            record["pos_order_id"] = number
        return {name: record[name][0] if _is_pair(record[name]) else record[name] for name in ("id", *fields)}


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)


class Pages:
    """The answers that were given, and how fast they are given again."""

    def __init__(self, odoo: BigOdoo) -> None:
        self.odoo = odoo
        self.rate = 0.0
        self.kept: dict[tuple[str, bytes], bytes] = {}

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """An answer from memory, in the time that it takes at this rate, or a new one."""
        if path == "/rate":
            self.rate = float(body)
            return 200, b"{}"
        if path == "/requests":
            return 200, json.dumps([[path, body.decode()] for path, body in self.kept]).encode()
        content = self.kept.get((path, body))
        if content is None:
            status, content, _ = self.odoo.answer(path, headers, body)
            if status == 200 and path.endswith("search_read") and path.split("/")[3] in BIG and b'"limit":5000' in body:
                self.kept[path, body] = content
            return status, content
        if self.rate:
            time.sleep(content.count(b'"id"') / self.rate)
        return 200, content


def serve(lines: int) -> None:
    """Answer until killed."""
    pages = Pages(BigOdoo(lines))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20  # head and body in one go: in two they would wait for each other's acknowledgement

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, content = pages.answer(self.path, dict(self.headers), body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        do_GET = do_POST  # noqa: N815 (the base class names it so)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(json.dumps({"port": server.server_port}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
