"""One step in a process of its own, so that its time and its memory are its own and end with it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeVar

_RSS_UNIT_BYTES: Final = 1 if sys.platform == "darwin" else 1024
_LAST_WORDS: Final = 300

Result = TypeVar("Result")
Details = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step says when it is done.

    Attributes:
        seconds: Time of the work itself.
        details: Rows, totals, times of its parts.
    """

    seconds: float
    details: Details = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one step took.

    Attributes:
        step: Name of the step.
        seconds: Time of the work itself, without starting Python; null where the step failed.
        cpu_seconds: Processor time of the whole process and what it started, starting Python included; unlike `seconds`
            it is hardly changed by what else the machine does.
        peak_bytes: Largest resident set of the step's process, or of one that it started, whichever is larger.
        details: What the step says of itself: rows, totals, times of its parts.
        failure: Why there is no time.
    """

    step: str
    seconds: float | None
    cpu_seconds: float
    peak_bytes: int
    details: Details = field(default_factory=dict)
    failure: str | None = None


def measure(
    step: str, arguments: Sequence[str], environment: dict[str, str], log: Path, module: str = "benchmarks.step"
) -> Measurement:
    """Run `python -m MODULE STEP ARGUMENTS…` and wait for it.

    Args:
        step: Name of a step of the module.
        arguments: What the step needs.
        environment: Variables that join this process's own.
        log: File that the step's standard error goes to, for whoever looks into a failure.
        module: Module that takes steps and prints an `Outcome`.
    """
    with log.open("w+") as standard_error:
        process = subprocess.Popen(
            [sys.executable, "-m", module, step, *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=standard_error,
            text=True,
        )
        assert process.stdout is not None
        printed = process.stdout.read()
        usage, status = _wait(process)
        standard_error.seek(0)
        complaint = standard_error.read().strip()
    cpu_seconds = round(usage.ru_utime + usage.ru_stime, 2)
    peak_bytes = usage.ru_maxrss * _RSS_UNIT_BYTES
    if status:
        last_line = complaint.splitlines()[-1] if complaint else f"exit status {status}"
        return Measurement(step, None, cpu_seconds, peak_bytes, failure=last_line[:_LAST_WORDS])
    reported = json.loads(printed.splitlines()[-1])
    return Measurement(step, reported["seconds"], cpu_seconds, peak_bytes, reported["details"])


def elsewhere(action: Callable[..., Result], *arguments: object) -> Result:
    """Do something in a process that ends with it.

    What a process has once held counts as the peak of every process that it starts, so whoever calls `measure`
    has to stay small.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(action, *arguments).result()


def _wait(process: subprocess.Popen[str]) -> tuple[resource.struct_rusage, int]:
    """Wait for a process, and return what it and those that it waited for used, and its exit status."""
    _, wait_status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(wait_status)
    return usage, process.returncode
