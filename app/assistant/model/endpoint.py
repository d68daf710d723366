"""An OpenAI-compatible endpoint, of which nothing is expected but trouble: little is read, and nothing is believed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import httpx2
import openai
from pydantic import BaseModel, Field, ValidationError

from retail.errors import ConfigurationError
from retail.settings import Settings

LONGEST_REPLY: Final = 256 * 1024
"""Most bytes of a reply that are read."""

_LONGEST_PLAN: Final = 600
"""Most tokens that a plan may have."""
_CONNECT_SECONDS: Final = 5.0
_MISUNDERSTOOD: Final = frozenset({400, 415, 422, 501})
"""Status of an endpoint that does not know something in the request."""

_PLAINEST: Final = 2

Message = Mapping[str, str]


class Trouble(StrEnum):
    """Why an endpoint was of no use; each is a sentence in the languages' `texts/model.yaml`."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    KEY = "key"
    NOT_FOUND = "not_found"
    BUSY = "busy"
    STATUS = "status"
    REDIRECT = "redirect"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    TOOLS = "tools"
    UNUSABLE = "unusable"


class EndpointError(Exception):
    """An endpoint gave nothing that can be used. Never holds what it sent: that may be anything.

    Attributes:
        trouble: Why.
    """

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class _ReplyMessage(BaseModel):
    content: str | None = None
    tool_calls: list[Any] | None = None
    function_call: Any = None


class _ReplyChoice(BaseModel):
    message: _ReplyMessage


class _Reply(BaseModel):
    choices: list[_ReplyChoice] = Field(min_length=1)


class _TooLong(httpx2.TransportError):
    """The reply has more bytes than are read."""


class _Counted(httpx2.AsyncByteStream):
    """A reply's bytes, up to a limit."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > LONGEST_REPLY:
                raise _TooLong(f"more than {LONGEST_REPLY} bytes")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Capped(httpx2.AsyncBaseTransport):
    """Counts the bytes of every reply, of errors too, and unpacks none: a small packed reply may be a large one."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if not isinstance(response.stream, httpx2.AsyncByteStream):
            raise TypeError("a transport that is not asynchronous")
        headers = [(name, value) for name, value in response.headers.raw if name.lower() != b"content-encoding"]
        return httpx2.Response(
            response.status_code, headers=headers, stream=_Counted(response.stream), extensions=response.extensions
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class Endpoint:
    """Sends conversations to the endpoint of the settings. Remembers what it does not understand.

    Attributes:
        model: Name of the model that is asked for.

    Raises:
        ConfigurationError: No endpoint is set, or its address or key is none.
    """

    def __init__(self, settings: Settings) -> None:
        self.model = settings.assistant_model
        self._address = _address(settings)
        self._key = _key(settings)
        self._seconds = settings.assistant_timeout_seconds
        self._plainness = 0

    async def complete(self, messages: Sequence[Message], schema: Mapping[str, Any] | None = None) -> str:
        """The text that the model replies with.

        What an endpoint may not know is left out step by step: limits on the reply, then the schema.

        Raises:
            EndpointError: Nothing usable came back.
        """
        # A client of its own for each call: connections belong to the event loop of the question.
        async with self._client() as client:
            for plainness in range(self._plainness, _PLAINEST + 1):
                try:
                    text = await self._complete(client, messages, _extras(schema, plainness))
                except openai.APIStatusError as error:
                    if error.status_code not in _MISUNDERSTOOD or plainness == _PLAINEST:
                        raise EndpointError(_trouble(error.status_code)) from None
                else:
                    self._plainness = plainness
                    return text
        raise EndpointError(Trouble.STATUS)

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            api_key=self._key,
            base_url=self._address,
            max_retries=0,
            http_client=httpx2.AsyncClient(
                transport=_Capped(),
                follow_redirects=False,
                timeout=httpx2.Timeout(self._seconds, connect=min(_CONNECT_SECONDS, self._seconds)),
                headers={"Accept-Encoding": "identity"},
            ),
        )

    async def _complete(
        self, client: openai.AsyncOpenAI, messages: Sequence[Message], extras: Mapping[str, Any]
    ) -> str:
        try:
            raw = await client.post(
                "/chat/completions",
                body={"model": self.model, "messages": list(messages), **extras},
                cast_to=httpx2.Response,
            )
        except openai.APITimeoutError:
            raise EndpointError(Trouble.TIMEOUT) from None
        except openai.APIConnectionError as error:
            is_long = isinstance(error.__cause__, _TooLong)
            raise EndpointError(Trouble.TOO_LONG if is_long else Trouble.UNREACHABLE) from None
        except (OSError, UnicodeError):
            # A host's name that no look-up takes is no error of HTTP.
            raise EndpointError(Trouble.UNREACHABLE) from None
        return _text(raw.content)


def _address(settings: Settings) -> httpx2.URL:
    if not settings.assistant_url:
        raise ConfigurationError("No endpoint is set. Set TILLSIGHT_ASSISTANT_URL, or ask with the local planner.")
    try:
        address = httpx2.URL(settings.assistant_url)
    except httpx2.InvalidURL as error:
        raise ConfigurationError(f"TILLSIGHT_ASSISTANT_URL is no address: {error}.") from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise ConfigurationError(
            "TILLSIGHT_ASSISTANT_URL is no address: write `http://127.0.0.1:11434/v1` or the like."
        )
    return address


def _key(settings: Settings) -> str:
    key = settings.assistant_api_key.get_secret_value().strip() if settings.assistant_api_key else "not-needed"
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError("TILLSIGHT_ASSISTANT_API_KEY holds characters that no key has. Copy it again.")
    return key


def _extras(schema: Mapping[str, Any] | None, plainness: int) -> dict[str, Any]:
    """What is sent besides the messages, to an endpoint that understands less and less."""
    extras: dict[str, Any] = {}
    if plainness < 1:
        extras |= {"temperature": 0, "max_tokens": _LONGEST_PLAN}
    if plainness < _PLAINEST and schema is not None:
        named = {"name": "plan", "schema": dict(schema)}
        extras["response_format"] = {"type": "json_schema", "json_schema": named}
    return extras


def _trouble(status: int) -> Trouble:
    if 300 <= status < 400:
        return Trouble.REDIRECT
    known = {401: Trouble.KEY, 403: Trouble.KEY, 404: Trouble.NOT_FOUND, 429: Trouble.BUSY}
    return known.get(status, Trouble.STATUS)


def _text(content: bytes) -> str:
    """The text of a chat completion. Tools were never offered: a reply that calls one is not read on."""
    try:
        message = _Reply.model_validate_json(content).choices[0].message
    except ValidationError:
        raise EndpointError(Trouble.UNREADABLE) from None
    if message.tool_calls or message.function_call:
        raise EndpointError(Trouble.TOOLS)
    if not message.content:
        raise EndpointError(Trouble.UNREADABLE)
    return message.content
