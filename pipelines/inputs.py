"""What a run is made from, and whether the published run was made from the same."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from connectors import read_sources
from connectors.files.settings import FilesSource
from forecasting.weights import FILE_NAME
from pipelines.fingerprint import code_fingerprint, stamps
from retail.errors import NothingPublished
from retail.settings import Settings
from retail.workspace import Workspace

ROOT: Final = Path(__file__).parent.parent
CODE_THAT_MAKES_DATA: Final = ("connectors", "dbt_project", "forecasting", "pipelines", "retail")
SETTINGS_THAT_MAKE_DATA: Final = (
    "chronos_weights",
    "forecast_horizon_days",
    "forecast_max_series",
    "holding_cost_rate",
    "goodwill_rate",
    "order_line_cost",
    "default_lead_time_days",
    "default_review_period_days",
    "order_budget",
    "minimum_service_level",
    "maximum_service_level",
    "service_level_by",
)


def weights_path(workspace: Workspace) -> Path:
    """File of the workspace's own model weights; missing means the weights that Tillsight ships with."""
    return workspace.root / FILE_NAME


def incoming_files(workspace: Workspace) -> list[Path]:
    """Files that the connected sources would read now, and the mappings they are read by."""
    files: list[Path] = []
    for source in read_sources(workspace):
        if isinstance(source, FilesSource):
            files += [path for path in (workspace.root / source.path).rglob("*") if path.is_file()]
            files += [workspace.root / source.mapping] if source.mapping else []
    return files


def inputs_now(workspace: Workspace, settings: Settings) -> str:
    """Fingerprint of everything that a run's result depends on: files, code, as-of moment and some settings.

    Files count with their size and time of change, so this takes milliseconds; threads and memory do not count.
    """
    parts = [
        code_fingerprint([ROOT / package for package in CODE_THAT_MAKES_DATA]),
        workspace.describe().model_dump_json(),
        workspace.sources.read_text(),
        *[f"{name}={getattr(settings, name)}" for name in SETTINGS_THAT_MAKE_DATA],
        *stamps([*incoming_files(workspace), weights_path(workspace)]),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_up_to_date(workspace: Workspace, settings: Settings) -> bool:
    """Whether the published run was made from the inputs as they are now."""
    try:
        return workspace.published().run.inputs_fingerprint == inputs_now(workspace, settings)
    except NothingPublished:
        return False
