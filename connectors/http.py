"""Asking HTTP APIs: one client for every source, which retries what may go better and names what did not.

The connectors decide which paths may be called; this module decides nothing but how: TLS is verified, redirects are
not followed (they would carry the credentials elsewhere), answers have a largest size, and a busy or broken server is
asked again a few times, as long as it says itself where it says so.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, Literal

import httpx
import orjson
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from connectors.http_setup import host_of, sendable, tls_context
from retail.errors import SourceError

ATTEMPTS: Final = 4
LONGEST_WAIT_SECONDS: Final = 60.0
LARGEST_ANSWER_BYTES: Final = 512 * 1024 * 1024
LONGEST_ANSWER_SECONDS: Final = 600.0
_BUSY: Final = frozenset({429, 500, 502, 503, 504})
_TIMEOUT: Final = httpx.Timeout(120.0, connect=10.0)


class HttpError(SourceError):
    """The server said no.

    Attributes:
        status: HTTP status; 0 where no whole answer came.
        body: What it answered, decoded from JSON where it was that; never shown as it is.
        retry_after: Seconds it asked to wait, where it said so.
    """

    def __init__(
        self, message: str, *, status: int, body: object = None, retry_after: float | None = None, is_transient: bool
    ) -> None:
        super().__init__(message, is_transient=is_transient)
        self.status = status
        self.body = body
        self.retry_after = retry_after


class ApiClient:
    """Requests to one server, with one set of credentials.

    Args:
        source: Type of the source, for messages.
        base_url: Address of the server: `https://shop.example`, with a path where the API lies below one.
        headers: Sent with every request, credentials among them.
        ca_file: Certificates to trust instead of the public ones, for a server with its own.
        transport: Replaces the network in tests.
        wait_seconds: First wait between two attempts.
        retries_500: Whether a 500 with a JSON body is worth another attempt. Odoo refuses by it for good.

    Raises:
        ConfigurationError: The address is no http or https address, the certificates cannot be read, or the credentials
            hold characters that a header cannot.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        ca_file: Path | None = None,
        transport: httpx.BaseTransport | None = None,
        wait_seconds: float = 1.0,
        retries_500: bool = True,
    ) -> None:
        self.source = source
        self._retries_500 = retries_500
        self.host = host_of(source, base_url)
        self._client = httpx.Client(
            base_url=base_url.rstrip("/") + "/",
            headers=sendable(source, headers),
            timeout=_TIMEOUT,
            verify=tls_context(source, ca_file),
            transport=transport,
            follow_redirects=False,
        )
        self._wait = wait_exponential_jitter(multiplier=wait_seconds, max=LONGEST_WAIT_SECONDS, jitter=wait_seconds)

    def request(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        what: str,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
    ) -> Any:
        """Ask once, and again where that may help; return the decoded JSON.

        Args:
            method: GET, or POST for a reading method that takes its arguments in a body.
            path: Path below the base address, without a leading slash; never a whole address, to which the
                credentials would go.
            what: What is asked for, for messages: the table or "the login".
            params: Query parameters.
            body: Sent as JSON.

        Raises:
            HttpError: The server did not answer, or not with what was asked for.
        """
        for attempt in Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._seconds,
            retry=retry_if_exception(_may_go_better),
            reraise=True,
        ):
            with attempt:
                return self._ask(method, path, what, params, body)
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, method: str, path: str, what: str, params: Mapping[str, str | int] | None, body: object) -> Any:
        if httpx.URL(path).is_absolute_url:
            raise ValueError("a path of the server must not be a whole address")
        content = None if body is None else orjson.dumps(body)
        headers = None if body is None else {"Content-Type": "application/json"}
        try:
            with self._client.stream(method, path, params=params, content=content, headers=headers) as response:
                answer = self._received(response, what)
        except httpx.TimeoutException as error:
            raise self._failed(what, "did not answer in time. Try again, or ask who runs it") from error
        except httpx.ConnectError as error:
            raise self._failed(what, _unreachable(error), is_transient=not _untrusted(error)) from error
        except httpx.HTTPError as error:
            raise self._failed(what, f"broke off its answer ({type(error).__name__}). Try again") from error
        if response.is_redirect:
            raise self._failed(
                what,
                f"sends to another address ({_without_query(response.headers.get('location', ''))}). Use the final "
                "address, with https, in `url`",
                status=response.status_code,
                is_transient=False,
            )
        decoded = _decoded(answer)
        if response.is_success:
            if decoded is _NOT_JSON:
                raise self._failed(
                    what, "gave an answer that is no whole JSON. Look whether `url` is the address of the API itself"
                )
            return decoded
        raise self._refused(what, response, None if decoded is _NOT_JSON else decoded)

    def _received(self, response: httpx.Response, what: str) -> bytes:
        """The body, as long as it is neither too large nor too slow: a server can also drip for ever."""
        ends_at = time.monotonic() + LONGEST_ANSWER_SECONDS
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER_BYTES:
                raise self._failed(
                    what,
                    f"gave an answer of more than {LARGEST_ANSWER_BYTES // 1024**2} MiB. Look whether `url` is the "
                    "address of the API itself",
                    is_transient=False,
                )
            if time.monotonic() > ends_at:
                raise self._failed(what, "did not come to an end of its answer. Try again, or ask who runs it")
        return b"".join(parts)

    def _failed(self, what: str, why: str, *, status: int = 0, is_transient: bool = True) -> HttpError:
        message = f"{self.source}: {what}: {self.host} {why}."
        return HttpError(message, status=status, is_transient=is_transient)

    def _refused(self, what: str, response: httpx.Response, body: object) -> HttpError:
        status = response.status_code
        retry_after = _retry_after(response)
        is_last_word = status == 500 and body is not None and not self._retries_500
        why = _STATUS.get(status, f"answered with status {status}. Look into its log")
        if status in {429, 503} and retry_after is not None:
            why += f"; it asks to wait {_spoken(retry_after)}"
        return HttpError(
            f"{self.source}: {what}: {self.host} {why}.",
            status=status,
            body=body,
            retry_after=retry_after,
            is_transient=status in _BUSY and not is_last_word,
        )

    def _seconds(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, HttpError) else None
        return asked if asked is not None else self._wait(state)


_NOT_JSON: Final = object()
_STATUS: Final = {
    401: "does not accept the login. Check the user and the key or password, and whether it has expired",
    403: "does not allow this user to read it. Grant the right that docs/connect names",
    404: "does not know it. Check `url`, and whether the module is installed",
    429: "gets too many requests. Try again later, or raise its limit for this user",
    500: "had an error of its own. Look into its log",
    502: "cannot reach the application behind it. Look whether that runs",
    503: "is not available now. Try again later",
    504: "waited too long for the application behind it. Try again later",
}


def _may_go_better(error: BaseException) -> bool:
    if not isinstance(error, HttpError) or not error.is_transient:
        return False
    return error.retry_after is None or error.retry_after <= LONGEST_WAIT_SECONDS


def _decoded(content: bytes) -> object:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return _NOT_JSON


def _untrusted(error: httpx.ConnectError) -> str | None:
    """What is wrong with the server's certificate; None where something else is wrong."""
    found = re.search(r"certificate verify failed: ([^(]+)", str(error))
    return found[1].strip() if found else None


def _unreachable(error: httpx.ConnectError) -> str:
    reason = _untrusted(error)
    if reason:
        return f"has a certificate that is not trusted ({reason}). If it is the shop's own, name it with `ca_file`"
    if "[SSL" in str(error):
        return "does not speak https there. Check the port, and whether the address begins with http or https"
    return "cannot be reached. Check the address and whether the server runs"


def _without_query(location: str) -> str:
    return location.split("?", 1)[0]


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait, which it says in seconds or as a moment; None where it says neither."""
    asked = str(response.headers.get("Retry-After", "")).strip()
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"
