"""Running dbt: the manifest that Dagster is wired from, and `dbt build` as a stream of events.

dbt runs in a process of its own, so that its memory and its hold on the warehouse end with it. `DbtCliResource` does
that too, but it changes this process's working folder, copies dbt's log to standard output, and opens the warehouse a
second time for column metadata. So dagster_dbt's assets and events are used here, and its process handling is not.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.environment import dbt_environment
from pipelines.fingerprint import code_fingerprint
from retail.child_process import start
from retail.errors import PipelineError
from retail.settings import Settings
from retail.workspace import Workspace, write_atomically

PROJECT = Path(__file__).parent.parent / "dbt_project"
SEEN_IN_A_MESSAGE = 3
LONGEST_REASON = 240
MANIFEST_STAMP = "manifest.fingerprint"

Event = dict[str, Any]
"""One line of dbt's structured log: `info` (name, msg, level) and `data`."""


@dataclass(frozen=True, slots=True)
class Dbt:
    """dbt for one workspace.

    Attributes:
        workspace: Where the warehouse and dbt's artefacts are.
        settings: Threads and memory.
        sources: Names of the connected sources, the project's one variable.
        project: Folder of the dbt project.
    """

    workspace: Workspace
    settings: Settings
    sources: tuple[str, ...]
    project: Path = PROJECT

    @property
    def manifest(self) -> Path:
        """The manifest, as the last parse or build left it."""
        return self.workspace.dbt_target / "manifest.json"

    @property
    def semantic_manifest(self) -> Path:
        """The semantic manifest, beside the manifest."""
        return self.workspace.dbt_target / "semantic_manifest.json"

    @property
    def run_results(self) -> Path:
        """How each model and test of the last command ended; missing where it ran none."""
        return self.workspace.dbt_target / "run_results.json"

    def prepare(self) -> Path:
        """Parse the project if it, or the sources, have changed since the last time, and return the manifest's path.

        Raises:
            PipelineError: The project cannot be parsed.
        """
        stamp = self.workspace.dbt_target / MANIFEST_STAMP
        fingerprint = code_fingerprint([self.project], extra=self.sources)
        if not (self.manifest.is_file() and stamp.is_file() and stamp.read_text() == fingerprint):
            for _ in self.run("parse"):
                pass
            write_atomically(stamp, fingerprint)
        return self.manifest

    def of_sources(self, sources: tuple[str, ...]) -> Dbt:
        """The project of these sources alone. The manifest is parsed again before it is next used for wiring."""
        if sources == self.sources:
            return self
        (self.workspace.dbt_target / MANIFEST_STAMP).unlink(missing_ok=True)
        return replace(self, sources=sources)

    @property
    def is_built_as_written(self) -> bool:
        """Whether the last whole build was made by the SQL as it is now; else incremental models start over."""
        stamp = self._built_stamp
        return stamp.is_file() and stamp.read_text() == self._sql_fingerprint()

    def note_whole_build(self) -> None:
        """Note that every model has been built by the SQL as it is now."""
        write_atomically(self._built_stamp, self._sql_fingerprint())

    @property
    def _built_stamp(self) -> Path:
        return self.workspace.dbt_target / "built.fingerprint"

    def _sql_fingerprint(self) -> str:
        return code_fingerprint([self.project], extra=self.sources, suffixes=frozenset({".sql"}))

    def run(self, *command: str) -> Iterator[Event]:
        """Run a dbt command and yield its log as it comes.

        Raises:
            PipelineError: dbt failed; the message names what failed and why.
        """
        self.workspace.dbt_target.mkdir(parents=True, exist_ok=True)
        self.run_results.unlink(missing_ok=True)
        complaints: list[str] = []
        with self._start(command) as process:
            try:
                for line in process.stdout or ():
                    event = _parse(line)
                    if event is None or event["info"]["level"] == "error":
                        complaints.append(event["info"]["msg"] if event else line)
                    if event is not None:
                        yield event
                status = process.wait()
            except BaseException:  # also when the reader of the events goes away
                process.kill()
                raise
        if status:
            raise PipelineError(self._failure(command[0], complaints))

    def _start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        arguments = [
            "--log-format=json",
            *command,
            f"--project-dir={self.project}",
            f"--profiles-dir={self.project}",
            f"--target-path={self.workspace.dbt_target}",
            f"--vars={json.dumps({'sources': list(self.sources)})}",
        ]
        environment = dbt_environment(self.workspace, self.settings)
        return start("dbt.cli.main", arguments, folder=self.project, environment=environment, capture=True)

    def _failure(self, command: str, complaints: Sequence[str]) -> str:
        """One sentence on what failed, from dbt's results where there are any, else from its log."""
        failed = self._failed_nodes() or [" ".join(text.split()) for text in complaints[-1:]]
        shown = "; ".join(failed[:SEEN_IN_A_MESSAGE]) or "it said nothing"
        more = f"; and {len(failed) - SEEN_IN_A_MESSAGE} more" if len(failed) > SEEN_IN_A_MESSAGE else ""
        return f"dbt {command} failed: {shown}{more}. The whole log is in {self.workspace.dbt_target / 'dbt.log'}."

    def _failed_nodes(self) -> list[str]:
        if not self.run_results.is_file():
            return []
        results = json.loads(self.run_results.read_text())["results"]
        failed = [result for result in results if result["status"] in {"error", "fail", "runtime error"}]
        return [
            f"{kind} {name} ({_shortened(str(result['message']))})"
            for result in failed
            for kind, _, name, *_ in [result["unique_id"].split(".")]
        ]


def _shortened(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]} …"


def _parse(line: str) -> Event | None:
    """A line of the structured log; null for anything else, such as a traceback."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "info" in event else None
