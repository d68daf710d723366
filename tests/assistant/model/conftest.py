"""A small catalogue, a local planner that says what it is told, and an endpoint on loopback that obeys."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.assistant.books import Books
from app.assistant.model import ModelPlanner
from app.assistant.planner import Planned
from app.assistant.question import Question, read
from app.assistant.reading import Reading
from metrics import Catalogue
from metrics.catalogue import Dimension, Metric
from metrics.values import Named, ValueIndex
from retail.principal import LOCAL, Principal
from retail.settings import Settings

_SPLITS = {name: name for name in ("product", "category", "department", "store", "hour")}
_METRICS = (
    ("net_sales", "Net sales", "currency", "period", False, ("revenue", "sales")),
    ("units_sold", "Units sold", "units", "period", False, ("units",)),
    ("transactions", "Transactions", "count", "period", False, ("tickets",)),
    ("gross_margin", "Gross margin", "currency", "period", True, ("margin", "profit")),
    ("on_hand", "On hand", "units", "now", False, ("stock",)),
)
_VALUES = (
    Named("product", "Whole milk"),
    Named("product", "Oat milk"),
    Named("category", "Dairy"),
    Named("category", "Bakery"),
    Named("store", "Lakeview"),
)


def _metric(name: str, label: str, unit: str, kind: Any, is_sensitive: bool, synonyms: tuple[str, ...]) -> Metric:
    known = {"needs_any_table": (), "needs_values": (), "tables": (), "description": label, "additivity": "all"}
    shape: dict[str, Any] = {**known, "dimensions": _SPLITS}
    return Metric(name=name, label=label, unit=unit, kind=kind, is_sensitive=is_sensitive, synonyms=synonyms, **shape)


CATALOGUE = Catalogue(
    run_id="run",
    metrics={row[0]: _metric(*row) for row in _METRICS},
    dimensions={name: Dimension(name, name.capitalize(), name, name == "hour") for name in _SPLITS},
    models={},
    as_of=date(2025, 6, 13),
    first_date=date(2024, 1, 1),
    last_date=date(2025, 6, 13),
    currency="USD",
    unknown={},
)


@dataclass(frozen=True)
class FakeWorkspace:
    """A workspace in New York."""

    def describe(self) -> SimpleNamespace:
        """What it says of itself."""
        return SimpleNamespace(default_time_zone="America/New_York")


def books_for(principal: Principal = LOCAL, values: tuple[Named, ...] = _VALUES) -> Books:
    """Books that hold names and no numbers."""
    index = ValueIndex(values)
    tells_money = principal.role.value not in {"staff", "manager"}
    return cast(
        "Books",
        SimpleNamespace(
            catalogue=CATALOGUE,
            principal=principal,
            today=CATALOGUE.as_of,
            now=datetime(2025, 6, 13, 19, 0, tzinfo=UTC),
            tells_money=tells_money,
            workspace=FakeWorkspace(),
            metrics=SimpleNamespace(values=lambda principal: index),
        ),
    )


@dataclass
class Told:
    """A local planner that reads every question as it is told to."""

    reading: Reading

    def plan(self, question: Question, books: Books, previous: Reading | None, language: str | None) -> Planned:
        """What it was told."""
        return Planned(self.reading, language or "en", "local")


@dataclass
class Reply:
    """What the endpoint does with a request."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    repeated: int = 1
    pause: float = 0.0


def said(text: str, **message: Any) -> Reply:
    """A chat completion that says a text."""
    whole = {"choices": [{"index": 0, "message": {"role": "assistant", "content": text, **message}}]}
    return Reply(json.dumps(whole).encode())


def planned(**plan: Any) -> Reply:
    """A chat completion that holds a plan."""
    return said(json.dumps(plan))


class FakeEndpoint:
    """An HTTP server that gives its replies in order, the last one for ever."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                endpoint.requests.append(json.loads(self.rfile.read(length)))
                endpoint.headers.append({name.lower(): value for name, value in self.headers.items()})
                reply = endpoint.replies.pop(0) if len(endpoint.replies) > 1 else endpoint.replies[0]
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for _ in range(reply.repeated):
                        self.wfile.write(reply.body)
                        self.wfile.flush()
                        time.sleep(reply.pause)
                except OSError:
                    return

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                return

        return Handler


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    """An endpoint on loopback."""
    fake = FakeEndpoint()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


Ask = Callable[..., Planned]


@pytest.fixture
def ask(endpoint: FakeEndpoint) -> Ask:
    """Read a question with the local reading given and the endpoint's replies: `ask(question, local, *replies)`."""

    def asked(
        text: str,
        local: Reading,
        *replies: Reply,
        books: Books | None = None,
        previous: Reading | None = None,
        **settings: Any,
    ) -> Planned:
        endpoint.replies = list(replies)
        chosen = Settings(**{"assistant_url": endpoint.url, "assistant_timeout_seconds": 10, **settings})
        return ModelPlanner(chosen, Told(local)).plan(read(text), books or books_for(), previous, None)

    return asked
