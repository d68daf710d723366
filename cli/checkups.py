"""Looking at a server within a time limit, and saying in plain words what was found."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from retail.errors import SourceError

if TYPE_CHECKING:
    from connectors import Checkup, SourceConfig
    from retail.settings import Settings
    from retail.workspace import Workspace

SHOWN_STORES = 8


def look(source: SourceConfig, workspace: Workspace, settings: Settings, seconds: float) -> Checkup:
    """What `connectors.check` finds, given up after some seconds.

    The thread that looks is left behind when the time is over: it only reads, and ends with the process.

    Raises:
        SourceError: The server could not be asked, or not in time.
        ConfigurationError: The settings are wrong, or a credential is missing.
    """
    import connectors

    answers: queue.SimpleQueue[Checkup | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(connectors.check(source, workspace, settings))
        except Exception as error:  # the thread that waits raises it again
            answers.put(error)

    threading.Thread(target=ask, name=f"check {source.type}", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise SourceError(
            f"{source.type}: the check did not end within {seconds:.0f} seconds. Look whether the server is busy or "
            "far away, and try again.",
            is_transient=True,
        ) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def found_lines(found: Checkup) -> Iterator[str]:
    """What is there, a line each; the first one names the server."""
    yield printable(found.server)
    if found.stores:
        named = ", ".join(printable(name) for name in found.stores[:SHOWN_STORES])
        more = f" and {len(found.stores) - SHOWN_STORES} more" if len(found.stores) > SHOWN_STORES else ""
        yield f"{_counted(len(found.stores), 'store')}: {named}{more}"
    if found.products is not None:
        yield _counted(found.products, "product")
    if found.sales is not None:
        yield _counted(found.sales, "sale") + _period(found.first_sale_at, found.last_sale_at)
    if found.currency:
        yield f"amounts in {found.currency}"
    if found.time_zone:
        yield f"clocks in {found.time_zone}"


def problem_lines(found: Checkup) -> Iterator[str]:
    """What is missing and what to do about it, what stops everything first."""
    for problem in sorted(found.problems, key=lambda problem: not problem.is_fatal):
        kind = "cannot go on" if problem.is_fatal else "note"
        yield f"{kind}: {printable(problem.what).rstrip('.')}. {printable(problem.remedy)}"


def printable(text: str) -> str:
    """Text from a server without what would move the cursor or colour the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _period(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return ""
    return f", from {first.astimezone(UTC):%Y-%m-%d} to {last.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
