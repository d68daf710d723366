"""Dagster's instance of a workspace: runs, logs and schedules in the workspace's own folder, telemetry off."""

from __future__ import annotations

from dagster import DagsterInstance

from retail.workspace import Workspace, write_atomically

DAGSTER_YAML = """\
# Written by Tillsight before each start.
telemetry:
  enabled: false
nux:
  enabled: false
freshness:
  enabled: true
"""
COMMAND_LINE_YAML = (
    DAGSTER_YAML
    + """\
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
)


def write_instance(workspace: Workspace) -> None:
    """Make DAGSTER_HOME of the workspace ready for `dagster dev` and for runs from the command line."""
    workspace.dagster_home.mkdir(parents=True, exist_ok=True)
    write_atomically(workspace.dagster_home / "dagster.yaml", DAGSTER_YAML)
    write_atomically(workspace.dagster_home / "command-line.yaml", COMMAND_LINE_YAML)


def command_line_instance(workspace: Workspace) -> DagsterInstance:
    """The instance for a run inside this process: the same storage, without capture of this process's output."""
    write_instance(workspace)
    return DagsterInstance.from_config(str(workspace.dagster_home), "command-line.yaml")
