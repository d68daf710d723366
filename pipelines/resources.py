"""What the steps of one run share: the workspace, its lock, its run log, and where progress goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from dagster import InitResourceContext, ResourceDefinition

from pipelines.dbt import Dbt
from pipelines.inputs import inputs_now
from pipelines.progress import RunDisplay
from pipelines.publish import clean_up
from retail.errors import NothingPublished, PipelineError
from retail.operational.run_log import RunLog, RunStatus, StepResult
from retail.settings import Settings
from retail.workspace import Workspace

TRIGGER_TAG = "tillsight/trigger"
_TRIGGERS = {"dagster/schedule_name": "schedule", "dagster/sensor_name": "sensor"}


@dataclass(slots=True)
class PipelineRun:
    """One run of the pipeline, as its steps see it.

    Attributes:
        run_id: Dagster's id of the run.
        dbt: The project on this workspace.
        run_log: Where steps are noted.
        display: Where progress is shown.
        inputs_fingerprint: What the inputs are, taken before the first step reads anything.
        published_run_id: Set once the run has been published.
        taken: Steps that were taken so far.
    """

    run_id: str
    dbt: Dbt
    run_log: RunLog
    display: RunDisplay
    inputs_fingerprint: str
    published_run_id: str | None = None
    taken: set[str] = field(default_factory=set)

    @property
    def made_from(self) -> str:
        """Fingerprint of what the marts were made from: a run that did not load everything has an older one's."""
        whole = {f"ingest {source}" for source in self.dbt.sources} | {"transform", "forecast"}
        if whole <= self.taken:
            return self.inputs_fingerprint
        try:
            return self.workspace.published().run.inputs_fingerprint
        except NothingPublished:
            return ""

    def must_be_built_whole(self) -> None:
        """See that the marts are those of a build that went well, where this run has built none itself.

        Raises:
            PipelineError: The last build failed or was cut short: its marts are not to be published.
        """
        last = None if "transform" in self.taken else self.run_log.last("transform")
        if last is not None and last.status is not RunStatus.SUCCEEDED:
            raise PipelineError(
                f"The last build of the marts did not end well ({last.message or last.status}), so they are not "
                "published. Mend that and run the whole pipeline: `tillsight run`."
            )

    @property
    def workspace(self) -> Workspace:
        """The workspace that the run writes."""
        return self.dbt.workspace

    @property
    def settings(self) -> Settings:
        """Settings of the run."""
        return self.dbt.settings

    @contextmanager
    def step(self, name: str) -> Iterator[StepResult]:
        """Show a step, and note it in the run log."""
        self.display.begin(name)
        self.taken.add(name)
        result = StepResult()
        try:
            with self.run_log.step(self.run_id, name, result):
                yield result
        finally:
            rows = f"{result.rows:,} rows" if result.rows is not None else ""
            summary = ", ".join(part for part in (rows, result.message) if part)
            self.display.end(name, has_failed=result.has_failed, summary=summary)


def pipeline_run(dbt: Dbt, display: RunDisplay, *, lock: bool) -> ResourceDefinition:
    """The resource `pipeline_run`. It lives as long as the run, and so do the lock and the run log's entry.

    Args:
        dbt: The project on the workspace.
        display: Where progress is shown.
        lock: Whether to take the workspace's lock; false where the caller holds it.
    """

    @contextmanager
    def provide(context: InitResourceContext) -> Iterator[PipelineRun]:
        assert context.run is not None
        holding: AbstractContextManager[None] = dbt.workspace.locked() if lock else nullcontext()
        with holding:
            run_log = RunLog.open(dbt.workspace, dbt.settings)
            clean_up(dbt.workspace)
            run_log.start(context.run.run_id, trigger_of(context.run.tags))
            run = PipelineRun(context.run.run_id, dbt, run_log, display, inputs_now(dbt.workspace, dbt.settings))
            try:
                yield run
            finally:
                run_log.finish(run.run_id, run.published_run_id)
                run_log.close()

    return ResourceDefinition(provide)


def trigger_of(tags: Mapping[str, str]) -> str:
    """What started a run, from its tags: a command, the schedule, the sensor, or a person in Dagster."""
    for tag, trigger in _TRIGGERS.items():
        if tag in tags:
            return trigger
    return tags.get(TRIGGER_TAG, "dagster")
