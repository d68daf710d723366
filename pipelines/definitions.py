"""What `dagster dev` loads: the pipeline of the workspace that the settings name."""

from __future__ import annotations

from dagster import Definitions, definitions

from pipelines.environment import switch_off_telemetry
from pipelines.wiring import definitions_of
from retail.settings import Settings
from retail.workspace import find


@definitions
def tillsight() -> Definitions:
    """The pipeline of the workspace that `TILLSIGHT_WORKSPACE` names, else of the one that `tillsight` would use."""
    switch_off_telemetry()
    settings = Settings()
    return definitions_of(find(settings), settings)
