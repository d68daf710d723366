"""Names of assets: the schema and the table, so that a table is found under its own name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dagster import AssetKey
from dagster_dbt import DagsterDbtTranslator

from retail.vocabulary import MARTS_SCHEMA, RAW_SCHEMA_PREFIX

Manifest = Mapping[str, Any]
BOOKKEEPING: Final = frozenset({"capabilities", "loads", "quarantine"})
"""Raw tables that a connector writes about its loads; no file feeds them."""


class KeyTranslator(DagsterDbtTranslator):
    """Names dbt's models and sources by schema and table, and groups models by layer."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """Schema and table of a model, seed or source."""
        table = dbt_resource_props.get("identifier") or dbt_resource_props.get("alias") or dbt_resource_props["name"]
        return AssetKey([dbt_resource_props["schema"], table])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer: staging, intermediate or marts."""
        return str(dbt_resource_props["schema"])


def file_key(source: str, table: str) -> AssetKey:
    """What a source delivers for a table."""
    return AssetKey([source, table])


def raw_key(source: str, table: str) -> AssetKey:
    """A loaded table."""
    return AssetKey([f"{RAW_SCHEMA_PREFIX}{source}", table])


def mart_key(table: str) -> AssetKey:
    """A mart in the warehouse."""
    return AssetKey([MARTS_SCHEMA, table])


WEIGHTS_KEY: Final = AssetKey(["forecast", "weights"])
"""How much each model counts, found by backtest on the shop's own history."""


def published_key(table: str) -> AssetKey:
    """A mart in the serving folder."""
    return AssetKey(["published", table])


def metric_key(name: str) -> AssetKey:
    """A metric."""
    return AssetKey(["metrics", name])


def raw_tables_of(manifest: Manifest, source: str) -> list[str]:
    """Tables that dbt reads from a source's raw schema."""
    schema = f"{RAW_SCHEMA_PREFIX}{source}"
    return sorted(node["identifier"] for node in manifest["sources"].values() if node["schema"] == schema)


def marts_of(manifest: Manifest) -> list[str]:
    """Marts that dbt builds."""
    kinds = ("model", "seed", "snapshot")
    return sorted(
        node["alias"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in kinds and node["schema"] == MARTS_SCHEMA
    )
