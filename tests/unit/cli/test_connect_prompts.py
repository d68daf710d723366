"""Connecting at a terminal: every question is asked, the secret is not shown, and nothing is half-written."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tests.unit.cli.servers import SECRET

PROGRAM = """
import os
os.open(os.ttyname(0), os.O_RDWR)  # the first terminal that a session leader opens is its own
import connectors
from tests.unit.cli.servers import checkup
connectors.check = lambda source, workspace, settings: checkup(source.type, time_zone=None)
from cli.main import main
main(["connect", "odoo"])
"""
ANSWERS = (
    ("Address of Odoo", "shop.odoo.com"),
    ("Name of the database [shop]", ""),
    ("Login of the user", "reader"),
    ("Keep customers' names", "n"),
    ("API key of that user", SECRET),
    ("Time zone of your shops", "Europe/Paris"),
    ("Connect Odoo to the new workspace main (EUR, Europe/Paris)? [Y/n]", "y"),
)
LONGEST_WAIT_SECONDS = 60.0


class Terminal:
    """A person's terminal with the command in it."""

    def __init__(self, home: Path) -> None:
        self._end, inner = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env={**os.environ, "TILLSIGHT_HOME": str(home), "TERM": "dumb"},
            start_new_session=True,
        )
        os.close(inner)

    def answer(self, question: str, answer: str) -> None:
        self.wait_for(question)
        self.type(answer + "\n")

    def type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def wait_for(self, question: str) -> None:
        """Wait until a question is asked; its last blank comes once the terminal shows no more what is typed."""
        seen = len(self.shown)
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while question not in (text := re.sub(r"\s+", " ", self.shown[seen:])) or not text.endswith(": "):
            assert self._read(deadline), f"{question!r} was not shown, but {self.shown!r}"

    def ended(self) -> int:
        while self._read(time.monotonic() + LONGEST_WAIT_SECONDS):
            pass
        return self.process.wait(timeout=LONGEST_WAIT_SECONDS)

    def interrupt(self) -> None:
        """Press Ctrl-C, and again as a person would: one between the question and the wait for it is lost."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            self.type("\x03")
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._end)

    def _read(self, deadline: float) -> bool:
        if not select.select([self._end], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return False
        try:
            text = os.read(self._end, 4096).decode(errors="replace")
        except OSError:  # Linux says so when the other end has closed
            return False
        self.shown += text
        return bool(text)


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Callable[[], Terminal]]:
    opened: list[Terminal] = []

    def open_one() -> Terminal:
        opened.append(Terminal(tmp_path / "home"))
        return opened[-1]

    yield open_one
    for terminal in opened:
        terminal.close()


def test_a_person_is_asked_for_what_is_needed(open_terminal: Callable[[], Terminal], tmp_path: Path) -> None:
    terminal = open_terminal()
    for question, answer in ANSWERS:
        terminal.answer(question, answer)
    assert terminal.ended() == 0, terminal.shown
    assert "Odoo is connected to workspace main" in re.sub(r"\s+", " ", terminal.shown)
    assert SECRET not in terminal.shown
    entry = yaml.safe_load((tmp_path / "home" / "main" / "sources.yaml").read_text())["sources"][0]
    assert entry == {"type": "odoo", "url": "https://shop.odoo.com", "database": "shop", "user": "reader"}

    again = open_terminal()
    for question in (
        "Address of Odoo (such as https://shop.odoo.com) [https://shop.odoo.com]",
        "Name of the database [shop]",
        "Login of the user",
        "Keep customers' names",
        "API key of that user (nothing: the one that is kept)",
        "Update Odoo in workspace main? [Y/n]",
    ):
        again.answer(question, "")
    assert again.ended() == 0, again.shown
    assert (tmp_path / "home" / "main" / "secrets" / "odoo_api_key").read_text().strip() == SECRET


def test_a_no_writes_nothing(open_terminal: Callable[[], Terminal], tmp_path: Path) -> None:
    terminal = open_terminal()
    for question, answer in (*ANSWERS[:-1], (ANSWERS[-1][0], "n")):
        terminal.answer(question, answer)
    assert terminal.ended() == 130
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("interrupted_at", [4, 5, 6])
@pytest.mark.parametrize("is_killed", [False, True])
def test_an_interruption_at_a_question_leaves_nothing(
    open_terminal: Callable[[], Terminal], tmp_path: Path, interrupted_at: int, is_killed: bool
) -> None:
    terminal = open_terminal()
    for question, answer in ANSWERS[:interrupted_at]:
        terminal.answer(question, answer)
    terminal.wait_for(ANSWERS[interrupted_at][0])
    if is_killed:
        terminal.process.send_signal(signal.SIGKILL)
    else:
        terminal.interrupt()
    assert terminal.ended() == (-signal.SIGKILL if is_killed else 130), terminal.shown
    assert "Traceback" not in terminal.shown
    assert not (tmp_path / "home").exists()
