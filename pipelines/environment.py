"""The environment of the tools that the pipeline starts: nothing phones home, and their state lies in the workspace."""

from __future__ import annotations

import os

from retail.settings import Settings
from retail.workspace import Workspace

NO_TELEMETRY = {
    "DO_NOT_TRACK": "1",
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}


def switch_off_telemetry() -> None:
    """Switch every tool's telemetry off for this process and those that it starts."""
    os.environ.update(NO_TELEMETRY)


def dbt_environment(workspace: Workspace, settings: Settings) -> dict[str, str]:
    """The environment variables that dbt runs with.

    The books of the sample chain must close, so there an invariant that does not hold fails the build; in real sources
    they often do not, and the differences are shown instead.
    """
    return {
        **os.environ,
        **NO_TELEMETRY,
        "TILLSIGHT_WAREHOUSE": str(workspace.warehouse),
        "TILLSIGHT_WAREHOUSE_MEMORY_LIMIT": settings.warehouse_memory_limit,
        "TILLSIGHT_THREADS": str(settings.threads),
        "TILLSIGHT_INVARIANTS": "error" if workspace.describe().dataset == "sample" else "warn",
        "DBT_LOG_PATH": str(workspace.dbt_target),
        "PYTHONUNBUFFERED": "1",
    }
