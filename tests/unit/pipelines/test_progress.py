"""How a run shows itself: a bar with rate and time left on a terminal, a line now and then in a log."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from rich.console import Console

from pipelines.progress import SECONDS_BETWEEN_LINES, TerminalDisplay


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def display_in_a_log() -> tuple[TerminalDisplay, Clock, io.StringIO]:
    log, clock = io.StringIO(), Clock()
    return TerminalDisplay(Console(file=log, width=200), clock), clock, log


def test_a_long_load_tells_a_log_now_and_then_with_rate_and_time_left() -> None:
    display, clock, log = display_in_a_log()
    with display:
        display.begin("ingest")
        for second in range(41):
            clock.now = 1000.0 + second
            display("read pos.order.line", second * 2000, 200_000, "rows")
    lines = log.getvalue().splitlines()
    assert len(lines) == 40 // SECONDS_BETWEEN_LINES
    assert lines[-1] == ("ingest         read pos.order.line: 80,000 of 200,000 rows, 2,000 rows/s, about 60 s left")


def test_the_next_table_has_a_rate_of_its_own() -> None:
    display, clock, log = display_in_a_log()
    with display:
        display.begin("ingest")
        for second in range(10):
            clock.now = 1000.0 + second
            display("read pos.order", second * 9000, 90_000, "rows")
        for second in range(31):
            clock.now = 1010.0 + second
            display("read product.product", second * 100, 90_000, "rows")
    assert (
        log.getvalue()
        .splitlines()[-1]
        .endswith("read product.product: 3,000 of 90,000 rows, 100 rows/s, about 14 min left")
    )


def test_a_load_of_unknown_length_has_a_rate_and_no_end() -> None:
    display, clock, log = display_in_a_log()
    with display:
        display.begin("ingest")
        display("look at pos.order", 1, 20)
        for second in range(12):
            clock.now = 1000.0 + second
            display("read pos.order", second * 500, 0, "rows")
    assert log.getvalue().splitlines() == ["ingest         read pos.order: 5,000 rows, 500 rows/s"]


def test_pieces_of_unequal_size_have_no_rate() -> None:
    display, clock, log = display_in_a_log()
    with display:
        display.begin("transform")
        for second in range(12):
            clock.now = 1000.0 + second
            display(f"model_{second}", second, 200)
        display.end("transform", has_failed=False, summary="200 models")
    assert log.getvalue().splitlines() == [
        "transform      model_10: 10 of 200",
        "transform      done     11.0 s  200 models",
    ]


def test_a_terminal_shows_a_bar_with_rate_and_time_left() -> None:
    shown, clock = io.StringIO(), Clock()
    with TerminalDisplay(Console(file=shown, width=160, force_terminal=True, color_system=None), clock) as display:
        display.begin("ingest")
        for second in range(6):
            clock.now = 1000.0 + second
            display("read [order]", second * 2000, 20_000, "rows")
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\n", shown.getvalue())
    line = next(line for line in reversed(re.split(r"[\r\n]", last)) if "10000/20000" in line)
    assert re.search(r"10000/20000 0:00:05 2,000 rows/s 00:05 read \[order\]", line), line
