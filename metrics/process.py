"""This side of the worker process: keep one warm, send it queries, kill it when it does not answer."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from metrics.database import Sandbox
from metrics.execute import timed_out
from retail import errors
from retail.errors import TillsightError

_GRACE_SECONDS: Final = 1.0
_START_SECONDS: Final = 20.0


class Worker:
    """One warm child process. Queries wait for each other; each may be killed without harm to the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """Process id of the child, or None while there is none."""
        return self._process.pid if self._process is not None else None

    def run(self, sandbox: Sandbox, sql: str, timeout_seconds: float) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run a query in the child.

        Raises:
            QueryTimeout: It did not end in time, or ended the process; the child has been replaced.
            TillsightError: What the query itself raised.
        """
        with self._lock:
            if self._ask(sandbox, None, _START_SECONDS) is None:
                self._kill()
                raise TillsightError("The process that runs SQL could not be started. Try again; see the log.")
            answer = self._ask(sandbox, sql, timeout_seconds)
            if answer is None:
                self._kill()
                self._start()
                raise timed_out(timeout_seconds)
        if "error" in answer:
            kind = getattr(errors, answer["error"], TillsightError)
            raise kind(answer["message"])
        return answer["types"], [tuple(_decode(value) for value in row) for row in answer["rows"]]

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._kill()

    def _ask(self, sandbox: Sandbox, sql: str | None, timeout_seconds: float) -> dict[str, Any] | None:
        """Send a request and wait; None where no answer came in time. A null query only opens the sandbox."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        request = {"sandbox": asdict(sandbox), "sql": sql, "timeout_seconds": timeout_seconds}
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        line = self._read_line(time.monotonic() + timeout_seconds + _GRACE_SECONDS)
        return json.loads(line) if line else None

    def _read_line(self, deadline: float) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        parts = []
        while (left := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([self._process.stdout], [], [], left)
            chunk = self._process.stdout.read1(1 << 20) if ready else b""  # type: ignore[attr-defined]
            if not chunk:
                break
            parts.append(chunk)
            if chunk.endswith(b"\n"):
                return b"".join(parts)
        return b""

    def _start(self) -> None:
        self._kill()
        # -I: neither the environment nor the current folder decides what the child runs; it gets no secrets either.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "metrics.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}
        )

    def _kill(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None


def _decode(value: Any) -> Any:
    if isinstance(value, dict):
        if "date" in value:
            return date.fromisoformat(value["date"])
        return datetime.fromisoformat(value["datetime"])
    return value
