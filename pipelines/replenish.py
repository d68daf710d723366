"""The replenishment step: what people have decided goes in, drafts for them to decide on come out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from forecasting.replenishment.run import ReplenishReport
from forecasting.replenishment.run import replenish as draft
from pipelines.warehouse import open_warehouse
from retail.errors import TillsightError
from retail.operational.decisions import Decisions
from retail.operational.terms import TermOverrides
from retail.progress import Progress, silent
from retail.settings import Settings
from retail.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReplenishOutcome:
    """What came of the step: a report, or null with a message that says why not."""

    report: ReplenishReport | None
    message: str


def replenish_or_keep(
    workspace: Workspace, settings: Settings, *, run_id: str, progress: Progress = silent
) -> ReplenishOutcome:
    """Draft, or keep the drafts that are there and say why: sales are published whatever becomes of the drafts."""
    try:
        report = replenish(workspace, settings, run_id=run_id, progress=progress)
    except Exception as error:  # the step's edge
        if not isinstance(error, TillsightError):
            _log.exception("replenishment failed in a way that nobody expected")
        return ReplenishOutcome(None, f"No new drafts were made and the last ones were kept. {error}")
    return ReplenishOutcome(report, "; ".join([f"{sum(report.drafts.values()):,} drafts", *report.notes]))


def replenish(workspace: Workspace, settings: Settings, *, run_id: str, progress: Progress = silent) -> ReplenishReport:
    """Draft orders from the forecast in the warehouse into its replenishment tables, all of them or none.

    Raises:
        ForecastError: The drafts could not be made; the tables hold what they held before.
        ConfigurationError: The operational store cannot be opened.
    """
    decisions, terms = Decisions.of(workspace, settings), TermOverrides.of(workspace, settings)
    try:
        decided, overrides = list(decisions.latest().values()), terms.all()
    finally:
        decisions.close()
        terms.close()
    with open_warehouse(workspace, settings) as connection:
        return draft(
            connection,
            settings,
            run_id=run_id,
            overrides=overrides,
            decisions=decided,
            calendar_date=_calendar_date(workspace),
            progress=progress,
        )


def _calendar_date(workspace: Workspace) -> date | None:
    """Today in the shop's time zone; null for a demo, whose day is fixed."""
    description = workspace.describe()
    if description.as_of_at is not None:
        return None
    return datetime.now(UTC).astimezone(ZoneInfo(description.default_time_zone)).date()
