"""Every setting, declared once; `docs/operate/settings.md` is held to these descriptions by a test."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from retail.errors import ConfigurationError
from retail.vocabulary import Role

BUNDLED_CHECKPOINTS = Path(__file__).parent.parent / "forecasting" / "checkpoints"
SECRETS_FOLDER = "TILLSIGHT_SECRETS_FOLDER"
"""Environment variable that names a folder with one file per setting, the file's name being the variable's."""

_MEMORY: Final = r"^[0-9]+(\.[0-9]+)? ?([KMGTkmgt][Ii]?[Bb])$"
_LEVEL: Final = r"^(?i:debug|info|warning|error|critical)$"


class Settings(BaseSettings):
    """Settings from the environment (prefix `TILLSIGHT_`), then from the files of the secrets folder.

    Raises:
        ConfigurationError: The secrets folder does not exist, or others than its owner may use it.
    """

    model_config = SettingsConfigDict(env_prefix="TILLSIGHT_", extra="ignore", frozen=True)

    home: Path = Field(Path("data"), description="Folder that holds the workspaces, one folder per data set.")
    workspace: str | None = Field(
        None, description="Workspace to use; unset means `main` if it exists, else the newest demo."
    )
    app_host: str = Field(
        "127.0.0.1", description="Address the app listens on. There is no sign-in yet: keep it on loopback."
    )
    app_port: int = Field(
        8501,
        ge=0,
        le=65535,
        description="Port the app listens on; the next free one is taken if it is in use.",
    )
    app_role: Role = Field(Role.SUPERADMIN, description="Role that the app's pages act in until there is sign-in.")
    app_stores: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description='Stores that the app\'s pages are limited to, as JSON: `["S1", "S2"]`. Empty means every store.'
    )
    operational_url: SecretStr | None = Field(
        None, description="Database URL of the operational store; unset means SQLite in the workspace."
    )
    odoo_api_key: SecretStr | None = Field(
        None, description="API key (or password) of the Odoo user; unset means the one that `connect` kept."
    )
    erpnext_api_key: SecretStr | None = Field(
        None, description="API key of the ERPNext user; unset means the one that `connect` kept."
    )
    erpnext_api_secret: SecretStr | None = Field(None, description="API secret that belongs to the ERPNext API key.")
    ospos_password: SecretStr | None = Field(
        None, description="Password of the OSPOS database user; unset means the one that `connect` kept."
    )
    inventree_token: SecretStr | None = Field(
        None, description="API token of the InvenTree user; unset means the one that `connect` kept."
    )
    chronos_weights: str = Field(
        str(BUNDLED_CHECKPOINTS),
        description="Chronos weights: a local folder or a hub name (`amazon/chronos-2`). Default: the bundled ones.",
    )
    forecast_horizon_days: int = Field(28, ge=1, le=365, description="Days ahead that each run forecasts.")
    forecast_max_series: int = Field(
        4000, ge=1, description="Product-store series forecast one by one; the rest as category × store."
    )
    holding_cost_rate: float = Field(
        0.25, ge=0, le=5, description="Cost of keeping stock for a year, as a share of its cost: capital, space, loss."
    )
    goodwill_rate: float = Field(
        0.1,
        ge=0,
        le=5,
        description="What a sale that is missed costs beyond its margin, as a share of the price: "
        "the customer's trust.",
    )
    order_line_cost: float = Field(
        0.5,
        ge=0,
        description="What one order line costs whatever its quantity, in the reporting currency: writing, receiving, "
        "shelving. A draft that saves less waits for the next order day.",
    )
    default_lead_time_days: int = Field(
        7, ge=0, le=365, description="Lead time in days where neither a source nor a person has said one."
    )
    default_review_period_days: int = Field(
        7, ge=1, le=90, description="Days between two chances to order where a supplier's order days are unknown."
    )
    order_budget: float | None = Field(
        None, ge=0, description="Most money for one day's drafts, in the reporting currency; unset means no limit."
    )
    service_level_by: Literal["cost", "class"] = Field(
        "cost",
        description="What sets the chance of not running out: `cost` weighs missed sales against what is left over, "
        "`class` takes a level by ABC-XYZ class.",
    )
    minimum_service_level: float = Field(
        0.5, ge=0.05, le=0.99, description="Lowest chance of not running out that a draft aims at."
    )
    maximum_service_level: float = Field(
        0.98, ge=0.05, le=0.99, description="Highest chance of not running out that a draft aims at."
    )
    query_timeout_seconds: float = Field(10.0, gt=0, description="Longest a query may run before it is stopped.")
    query_max_rows: int = Field(
        10_000, ge=1, description="Most rows that a query returns; more are cut off and said so."
    )
    query_memory_limit: str = Field(
        "1GB", pattern=_MEMORY, description="Memory that the query engine may use, in DuckDB's notation."
    )
    warehouse_memory_limit: str = Field(
        "4GB", pattern=_MEMORY, description="Memory that the pipeline's DuckDB may use, in DuckDB's notation."
    )
    assistant_url: str | None = Field(
        None,
        description="Address of an OpenAI-compatible endpoint that may read questions, such as "
        "`http://127.0.0.1:11434/v1`. Unset: questions are read without a model.",
    )
    assistant_model: str = Field("default", description="Name of the model that the endpoint should use.")
    assistant_api_key: SecretStr | None = Field(None, description="API key of the endpoint, if it wants one.")
    assistant_timeout_seconds: float = Field(
        20.0, gt=0, le=300, description="Longest wait for the endpoint before the question is read without it."
    )
    assistant_sees_rows: bool = Field(
        False, description="Whether the endpoint may see the rows of an answer to word its text. Off: names only."
    )
    threads: int = Field(2, ge=1, description="Processor threads for DuckDB and for forecasts.")
    keep_published_runs: int = Field(3, ge=2, description="Published runs kept on disk, the newest first.")
    freshness_hours: int = Field(26, ge=1, description="Hours after which published data counts as stale.")
    log_level: str = Field("WARNING", pattern=_LEVEL, description="Level of the log on standard error.")

    @field_validator("app_stores", mode="before")
    @classmethod
    def _stores_from_json(cls, value: object) -> object:
        return json.loads(value) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, and the environment over the secrets folder."""
        folder = os.environ.get(SECRETS_FOLDER)
        if folder:
            file_secret_settings = SecretsSettingsSource(settings_cls, secrets_dir=_private(Path(folder)))
        return init_settings, env_settings, dotenv_settings, file_secret_settings


def _private(folder: Path) -> Path:
    if not folder.is_dir():
        raise ConfigurationError(f"{SECRETS_FOLDER}: there is no folder {folder}. Make it, or unset the variable.")
    if folder.stat().st_mode & 0o077:
        raise ConfigurationError(f"{SECRETS_FOLDER}: others may use {folder}. Close it to them: `chmod 700 {folder}`.")
    return folder
