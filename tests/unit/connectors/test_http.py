"""What the client of every source does when servers do not do their part; against a real local server."""

from __future__ import annotations

import gzip
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from connectors import http
from connectors.http import ATTEMPTS, ApiClient, HttpError
from retail.errors import ConfigurationError

SECRET = "key-5ecret"


@dataclass
class Answer:
    status: int = 200
    body: bytes = b'{"fine": true}'
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    waits_for: threading.Event | None = None


@dataclass
class Server:
    """Gives the answers that a test lays out, and then fine ones."""

    answers: list[Answer] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    clients: list[ApiClient] = field(default_factory=list)

    def client(self, **settings: object) -> ApiClient:
        given = {"source": "erp", "base_url": self.url, "headers": {"Authorization": f"token {SECRET}"}}
        self.clients.append(ApiClient(**(given | settings)))
        return self.clients[-1]

    def ask(self, **settings: object) -> object:
        return self.client(**settings).request("GET", "api/items", what="items", params={"limit": 5})


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.seen.append((self.command, self.path, dict(self.headers), content))
            answer = server.answers.pop(0) if server.answers else Answer()
            if answer.waits_for is not None:
                answer.waits_for.wait()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body) if answer.promised is None else answer.promised))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = answer.promised is not None

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers, with TLS where a context is given."""
    running: list[tuple[Server, ThreadingHTTPServer, threading.Thread]] = []

    def start(context: ssl.SSLContext | None = None) -> Server:
        server = Server()
        listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
        if context is not None:
            listening.socket = context.wrap_socket(listening.socket, server_side=True)
        server.url = f"http{'s' if context else ''}://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, listening, thread))
        return server

    yield start
    for server, listening, thread in running:
        for client in server.clients:
            client.close()
        listening.shutdown()
        thread.join()
        listening.server_close()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """One server."""
    return serve()


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited between attempts, without waiting them."""
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    return waited


def test_an_answer_is_decoded(server: Server) -> None:
    assert server.ask() == {"fine": True}
    ((method, path, headers, _),) = server.seen
    assert (method, path) == ("GET", "/api/items?limit=5")
    assert headers["Authorization"] == f"token {SECRET}"


def test_a_body_is_sent_as_json(server: Server) -> None:
    server.client().request("POST", "api/read", what="items", body={"fields": ["name"]})
    ((method, _, headers, body),) = server.seen
    assert (method, headers["Content-Type"], body) == ("POST", "application/json", b'{"fields":["name"]}')


def test_a_path_of_the_server_counts(server: Server) -> None:
    server.client(base_url=f"{server.url}/erp/").request("GET", "api/items", what="items")
    assert server.seen[0][1] == "/erp/api/items"


def test_a_compressed_answer_is_unpacked(server: Server) -> None:
    server.answers = [Answer(body=gzip.compress(b"[1]"), headers={"Content-Encoding": "gzip"})]
    assert server.ask() == [1]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: Server, waits: list[float], status: int) -> None:
    server.answers = [Answer(status)] * (ATTEMPTS - 1)
    assert server.ask() == {"fine": True}
    assert len(waits) == ATTEMPTS - 1
    assert waits == sorted(waits)
    assert all(0 < seconds <= http.LONGEST_WAIT_SECONDS for seconds in waits)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_in_the_end_it_gives_up(server: Server, status: int) -> None:
    server.answers = [Answer(status)] * 10
    with pytest.raises(HttpError, match=r"^erp: items: 127\.0\.0\.1:\d+ .*\.$") as error:
        server.ask()
    assert (error.value.status, error.value.is_transient, len(server.seen)) == (status, True, ATTEMPTS)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "answered with status 400"),
        (401, "does not accept the login"),
        (403, "does not allow this user to read it"),
        (404, "does not know it"),
        (405, "answered with status 405"),
        (417, "answered with status 417"),
    ],
)
def test_a_refusal_is_not_argued_with(server: Server, status: int, says: str) -> None:
    server.answers = [Answer(status, b'{"exc_type": "PermissionError"}')]
    with pytest.raises(HttpError, match=says) as error:
        server.ask()
    assert (error.value.status, error.value.is_transient, len(server.seen)) == (status, False, 1)
    assert error.value.body == {"exc_type": "PermissionError"}
    assert "PermissionError" not in str(error.value)


def test_an_application_that_refuses_with_500_is_asked_once_where_that_is_its_way(server: Server) -> None:
    server.answers = [Answer(500, b'{"name": "builtins.ValueError"}')]
    with pytest.raises(HttpError, match="had an error of its own"):
        server.ask(retries_500=False)
    assert len(server.seen) == 1
    server.answers = [Answer(500, b"<h1>Internal Server Error</h1>")]
    assert server.ask(retries_500=False) == {"fine": True}


@pytest.mark.parametrize("status", [429, 503])
def test_the_server_says_how_long_to_wait(server: Server, waits: list[float], status: int) -> None:
    server.answers = [Answer(status, headers={"Retry-After": "7"})]
    server.ask()
    assert waits == [7]


def test_or_until_when(server: Server, waits: list[float]) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.answers = [Answer(429, headers={"Retry-After": moment})]
    server.ask()
    assert 30 < waits[0] <= 40


@pytest.mark.parametrize("asked", ["", "soon", "nan", "inf", "-5", "Thu, 99 Foo 2026 00:00:00 GMT"])
def test_a_wait_that_makes_no_sense_is_as_none(server: Server, waits: list[float], asked: str) -> None:
    server.answers = [Answer(429, headers={"Retry-After": asked})]
    server.ask()
    assert 0 < waits[0] <= 2


def test_a_moment_that_has_passed_is_now(server: Server, waits: list[float]) -> None:
    server.answers = [Answer(429, headers={"Retry-After": "Thu, 01 Jan 2026 00:00:00 GMT"})]
    server.ask()
    assert waits == [0]


@pytest.mark.parametrize(("asked", "spoken"), [("61", "61 seconds"), ("3600", "60 minutes")])
def test_a_wait_that_is_too_long_is_told_instead(server: Server, waits: list[float], asked: str, spoken: str) -> None:
    server.answers = [Answer(429, headers={"Retry-After": asked})]
    with pytest.raises(HttpError, match=f"asks to wait {spoken}") as error:
        server.ask()
    assert (error.value.retry_after, error.value.is_transient) == (float(asked), True)
    assert (len(server.seen), waits) == (1, [])


@pytest.mark.parametrize("body", [b'{"data": [1, 2', b"", b"<html>Log in</html>", b"\xff\xfe"])
def test_half_a_json_is_asked_for_again_and_then_no_answer(server: Server, body: bytes) -> None:
    server.answers = [Answer(body=body)]
    assert server.ask() == {"fine": True}
    server.answers = [Answer(body=body)] * ATTEMPTS
    with pytest.raises(HttpError, match="no whole JSON") as error:
        server.ask()
    assert error.value.is_transient


def test_an_answer_that_breaks_off_is_asked_for_again_and_then_told(server: Server) -> None:
    server.answers = [Answer(promised=1000)]
    assert server.ask() == {"fine": True}
    server.answers = [Answer(promised=1000)] * ATTEMPTS
    with pytest.raises(HttpError, match=r"broke off its answer \(RemoteProtocolError\)"):
        server.ask()


def test_an_answer_that_cannot_be_unpacked_is_told(server: Server) -> None:
    server.answers = [Answer(headers={"Content-Encoding": "gzip"})] * ATTEMPTS
    with pytest.raises(HttpError, match=r"broke off its answer \(DecodingError\)"):
        server.ask()


def test_a_server_that_says_nothing_is_not_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_TIMEOUT", httpx.Timeout(0.1))
    never = threading.Event()
    server.answers = [Answer(waits_for=never)] * ATTEMPTS
    with pytest.raises(HttpError, match="did not answer in time") as error:
        server.ask()
    never.set()
    assert (error.value.is_transient, error.value.status, len(server.seen)) == (True, 0, ATTEMPTS)


def test_an_answer_without_end_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_ANSWER_SECONDS", -1.0)
    with pytest.raises(HttpError, match="did not come to an end"):
        server.ask()


def test_an_answer_that_is_too_large_is_left_and_not_asked_for_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER_BYTES", 1024**2)
    # What arrives is small: it is what becomes of it that must not fill the memory.
    server.answers = [Answer(body=gzip.compress(b"[" + b" " * 5 * 1024**2), headers={"Content-Encoding": "gzip"})]
    with pytest.raises(HttpError, match="an answer of more than 1 MiB"):
        server.ask()
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_with_the_credentials(
    serve: Callable[..., Server], server: Server, status: int
) -> None:
    other = serve()
    server.answers = [Answer(status, headers={"Location": f"{other.url}/api/items?token=abc"})]
    with pytest.raises(HttpError, match=r"sends to another address \(http://127") as error:
        server.ask()
    assert (other.seen, len(server.seen)) == ([], 1)
    assert "abc" not in str(error.value)


@pytest.mark.parametrize("path", ["https://elsewhere.example/api", "http://elsewhere.example"])
def test_a_path_cannot_lead_to_another_server(server: Server, path: str) -> None:
    with pytest.raises(ValueError, match="must not be a whole address"):
        server.client().request("GET", path, what="items")


def test_a_server_that_is_down_is_tried_a_few_times(waits: list[float]) -> None:
    with pytest.raises(HttpError, match=r"erp: items: 127\.0\.0\.1:9 cannot be reached") as error:
        Server(url="http://127.0.0.1:9").ask()
    assert (error.value.is_transient, len(waits)) == (True, ATTEMPTS - 1)


@pytest.mark.parametrize(
    "url",
    ["shop.example", "ftp://shop.example", "https://", "", "https://shop.example:many", "https://shop.example/?db=1"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"erp: url: .* is no address such as") as error:
        Server(url=url).client()
    assert repr(url) in str(error.value)


@pytest.mark.parametrize(
    "url",
    ["https://me:pa55@shop.example", "ftp://me:pa55@shop.example", "https://me:pa55@[bad", "me:pa55@shop.example"],
)
def test_a_password_in_the_address_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        Server(url=url).client()
    assert "pa55" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize("key", [f"{SECRET}\n", f"{SECRET}\r\nX: y", f"{SECRET}é", f"{SECRET}\0"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(server: Server, key: str) -> None:
    with pytest.raises(ConfigurationError, match="the key or token holds") as error:
        server.client(headers={"Authorization": f"token {key}"})
    assert SECRET not in str(error.value)
    assert server.seen == []


@pytest.mark.parametrize("answers", [[Answer(401, SECRET.encode())], [Answer(500)] * 4, [Answer(body=b"{")] * 4])
def test_no_message_holds_the_credentials(server: Server, answers: list[Answer]) -> None:
    server.answers = answers
    with pytest.raises(HttpError) as error:
        server.ask()
    seen: BaseException | None = error.value
    while seen is not None:
        assert SECRET not in str(seen)
        seen = seen.__cause__ or seen.__context__


def test_a_file_that_holds_no_certificates_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "ca.pem"
    for content in (None, "not a certificate"):
        if content:
            bad.write_text(content)
        with pytest.raises(ConfigurationError, match=r"erp: ca_file: .*ca\.pem cannot be read as certificates"):
            Server(url="https://shop.example").client(ca_file=bad)


def test_https_on_a_port_that_speaks_http_is_told(server: Server) -> None:
    server.url = server.url.replace("http:", "https:")
    with pytest.raises(HttpError, match="does not speak https there"):
        server.ask()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of one's own for 127.0.0.1, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    files = (folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


@pytest.fixture
def secure(serve: Callable[..., Server], certificate: tuple[Path, Path]) -> Server:
    """A server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return serve(context)


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(secure: Server, waits: list[float]) -> None:
    with pytest.raises(HttpError, match=r"not trusted \(self.signed certificate\)\. .* `ca_file`") as error:
        secure.ask()
    assert (error.value.is_transient, secure.seen, waits) == (False, [], [])


def test_a_shops_own_certificate_is_trusted_by_name(secure: Server, certificate: tuple[Path, Path]) -> None:
    assert secure.ask(ca_file=certificate[0]) == {"fine": True}


def test_a_certificate_for_another_name_is_refused(secure: Server, certificate: tuple[Path, Path]) -> None:
    secure.url = secure.url.replace("127.0.0.1", "localhost")
    with pytest.raises(HttpError, match=r"not trusted \(Hostname mismatch"):
        secure.ask(ca_file=certificate[0])
    assert secure.seen == []
