"""Waiting for an endpoint, and no longer than was said."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Final

_GRACE_SECONDS: Final = 0.5
"""What a conversation gets beyond its time to come to an end by itself."""


def within(seconds: float, conversation: Callable[[], Coroutine[None, None, None]]) -> bool:
    """Have a conversation; whether it came to an end in time.

    It runs in a thread with an event loop of its own: whoever asks may have a loop already, and looking up the name of
    an endpoint cannot be interrupted, only left behind. What the conversation raises is raised here.
    """
    outcome: list[BaseException | None] = []

    async def limited() -> None:
        async with asyncio.timeout(seconds):
            await conversation()

    def run() -> None:
        try:
            asyncio.run(limited())
        except BaseException as error:
            outcome.append(error)
        else:
            outcome.append(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds + _GRACE_SECONDS)
    error = outcome[0] if outcome else TimeoutError()
    if error is not None and not isinstance(error, TimeoutError):
        raise error
    return error is None
