"""Reading both manifests of a published run into the catalogue's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from metrics.catalogue import Dimension, Metric, Model, ModelColumn, normalise
from metrics.policy import Schema
from retail.errors import NothingPublished
from retail.vocabulary import MARTS_SCHEMA

Json = dict[str, Any]


def read_json(path: Path) -> Json:
    """Read a manifest.

    Raises:
        NothingPublished: The file is missing or broken, so that the run cannot serve.
    """
    try:
        document: Json = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise NothingPublished(f"{path} cannot be read: {error}. Run `tillsight run` to publish again.") from error
    return document


def metrics_of(semantic: Json) -> dict[str, Metric]:
    """The metrics of a semantic manifest, with what each can be split by; helpers marked hidden are left out."""
    routes = _routes(semantic)
    models = {measure["name"]: model for model in semantic["semantic_models"] for measure in model["measures"]}
    values = {
        measure["name"]: (model["node_relation"]["alias"], measure["expr"])
        for model in semantic["semantic_models"]
        for measure in model["measures"]
    }
    found = {}
    for metric in semantic["metrics"]:
        meta = _meta(metric)
        if meta.get("is_hidden"):
            continue
        used = {models[m["name"]]["name"]: models[m["name"]] for m in metric["type_params"]["input_measures"]}
        shared = set.intersection(*(set(routes[name].items()) for name in used))
        found[metric["name"]] = Metric(
            name=metric["name"],
            label=metric.get("label") or metric["name"],
            description=metric.get("description") or "",
            unit=meta["unit"],
            additivity=meta["additivity"],
            synonyms=tuple(normalise(word) for word in meta.get("synonyms", ())),
            kind=meta.get("kind", "period"),
            dimensions=dict(sorted(shared)),
            needs_any_table=tuple(meta.get("needs_any_table", ())),
            needs_values=tuple(values[measure] for measure in meta.get("needs_measures", ())),
            is_sensitive=bool(meta.get("is_sensitive")),
            tables=tuple(sorted(model["node_relation"]["alias"] for model in used.values())),
            time_columns=dict(
                sorted((model["node_relation"]["alias"], _time_column(model)) for model in used.values())
            ),
        )
    return found


def dimensions_of(semantic: Json, schema: Schema) -> dict[str, Dimension]:
    """The dimensions of a semantic manifest by short name; ids are dimensions too."""
    found: dict[str, Dimension] = {}
    for model in semantic["semantic_models"]:
        columns = schema.get(model["node_relation"]["alias"], {})
        for dimension in _categories(model):
            kind = columns.get(dimension.get("expr") or dimension["name"], "VARCHAR")
            found.setdefault(
                _short(dimension),
                Dimension(
                    name=_short(dimension),
                    label=dimension.get("label") or dimension["name"],
                    description=dimension.get("description") or "",
                    is_number=kind.split("(")[0] in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DECIMAL", "DOUBLE"},
                ),
            )
        for entity in model["entities"]:
            if entity["type"] == "foreign":
                label = entity["name"].removesuffix("_id").capitalize() + " id"
                found.setdefault(entity["name"], Dimension(entity["name"], label, f"{label} with its source.", False))
    return found


def models_of(manifest: Json, schema: Schema, rows: Mapping[str, int]) -> dict[str, Model]:
    """The published tables, those that dbt knows and that the serving file holds, with columns, tests and lineage."""
    nodes: dict[str, Json] = {**manifest["nodes"], **manifest["sources"]}
    tests = _tests(manifest)
    found = {}
    for key, node in sorted(nodes.items()):
        name = node.get("alias") or node.get("identifier") or node["name"]
        if node["resource_type"] not in {"model", "source"} or node["schema"] != MARTS_SCHEMA or name not in schema:
            continue
        described = {column.lower(): entry for column, entry in node.get("columns", {}).items()}
        columns = tuple(
            ModelColumn(
                column, kind, described.get(column, {}).get("description", ""), tuple(tests.get((key, column), ()))
            )
            for column, kind in schema[name].items()
        )
        lineage = tuple(_lineage(key, nodes))
        found[name] = Model(
            name, node.get("description", ""), columns, tuple(tests.get((key, ""), ())), rows.get(name), lineage
        )
    return found


def _routes(semantic: Json) -> dict[str, dict[str, str]]:
    """Per semantic model: short name of each dimension to the name by which MetricFlow reaches it."""
    primary = {
        entity["name"]: model
        for model in semantic["semantic_models"]
        for entity in model["entities"]
        if entity["type"] == "primary"
    }
    routes: dict[str, dict[str, str]] = {}
    for model in semantic["semantic_models"]:
        own = next((e["name"] for e in model["entities"] if e["type"] == "primary"), model.get("primary_entity"))
        names = {_short(dimension): f"{own}__{dimension['name']}" for dimension in _categories(model)}
        for entity in model["entities"]:
            if entity["type"] != "foreign":
                continue
            names[entity["name"]] = entity["name"]
            for dimension in _categories(primary[entity["name"]]) if entity["name"] in primary else ():
                names.setdefault(_short(dimension), f"{entity['name']}__{dimension['name']}")
        routes[model["name"]] = names
    return routes


def _time_column(model: Json) -> str:
    """The column that says when a row of a semantic model counts."""
    name = model["defaults"]["agg_time_dimension"]
    return str(next(d.get("expr") or name for d in model["dimensions"] if d["name"] == name))


def _categories(model: Json) -> list[Json]:
    return [dimension for dimension in model["dimensions"] if dimension["type"] == "categorical"]


def _short(dimension: Json) -> str:
    return str(_meta(dimension).get("name", dimension["name"]))


def _meta(element: Json) -> Json:
    meta: Json = (element.get("config") or {}).get("meta") or {}
    return meta


def _tests(manifest: Json) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "test":
            continue
        name = (node.get("test_metadata") or {}).get("name") or node["name"]
        attached = node.get("attached_node")
        for key in [attached] if attached else node["depends_on"]["nodes"]:
            found.setdefault((key, (node.get("column_name") or "").lower()), []).append(name)
    return found


def _lineage(key: str, nodes: Mapping[str, Json]) -> list[tuple[str, str]]:
    edges, pending, seen = [], [key], {key}
    while pending:
        child = pending.pop()
        for parent in nodes[child].get("depends_on", {}).get("nodes", ()):
            if parent not in nodes:
                continue
            edges.append((_title(nodes[parent]), _title(nodes[child])))
            if parent not in seen:
                seen.add(parent)
                pending.append(parent)
    return sorted(set(edges))


def _title(node: Json) -> str:
    return f"{node['schema']}.{node['name']}" if node["resource_type"] == "source" else str(node["name"])
