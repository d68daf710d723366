"""The catalogue: words that mean one thing, references that lead somewhere, and documents that agree with it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import sqlglot
import yaml

from metrics import Metrics
from metrics.catalogue import TIME_NAMES
from metrics.policy import is_sensitive
from retail.workspace import Workspace

PROJECT = Path(__file__).parents[3] / "dbt_project"
DOCUMENT = Path(__file__).parents[3] / "docs" / "metrics.md"
PROMISED = """
net_sales sales_with_tax tax_amount discount_amount charges_amount units_sold units_returned units_net transactions
return_transactions average_basket gross_margin gross_margin_rate payments_amount on_hand reserved available on_order
stock_value days_of_cover stockout_rate lost_units_estimate lost_sales_estimate
"""


def test_every_promised_metric_is_there(metrics: Metrics) -> None:
    assert set(PROMISED.split()) <= set(metrics.catalogue.metrics)
    assert metrics.catalogue.metric("revenue").name == "net_sales"


def test_no_word_means_two_things(metrics: Metrics) -> None:
    catalogue = metrics.catalogue
    words = Counter(
        word
        for metric in catalogue.metrics.values()
        for word in {metric.name.replace("_", " "), metric.label.lower().replace("-", " "), *metric.synonyms}
    )
    words.update(name.replace("_", " ") for name in catalogue.dimensions)
    assert [word for word, times in words.items() if times > 1] == []


def test_every_metric_is_described(metrics: Metrics) -> None:
    for metric in metrics.catalogue.metrics.values():
        assert metric.label, metric.name
        assert metric.description.endswith("."), metric.name
        assert metric.unit in {"currency", "count", "units", "ratio", "days"}, metric.name
        assert metric.kind in {"period", "now", "close", "open"}, metric.name
        assert set(metric.dimensions) <= set(metrics.catalogue.dimensions), metric.name
        assert set(metric.tables) <= set(metrics.catalogue.models), metric.name


def test_metrics_of_the_present_are_those_without_a_calendar(metrics: Metrics) -> None:
    now = {metric.name for metric in metrics.catalogue.metrics.values() if metric.kind == "now"}
    tables = {"fct_stock_levels", "fct_stock_ageing"}
    assert now == {metric.name for metric in metrics.catalogue.metrics.values() if set(metric.tables) <= tables}


def test_dimensions_are_those_that_metricflow_knows(metrics: Metrics, workspace: Workspace) -> None:
    from metrics.compile import _make_engine

    engine = _make_engine(workspace.published().semantic_manifest)
    for metric in metrics.catalogue.metrics.values():
        known = {found.dunder_name for found in engine.simple_dimensions_for_metrics([metric.name])}
        mine = {name for short, name in metric.dimensions.items() if name != short}
        times = {
            name for name in known if name.startswith("metric_time") or name.endswith(("business_date", "as_of_date"))
        }
        assert mine == known - times, metric.name
        assert not set(metric.dimensions) & TIME_NAMES


def test_metrics_over_sensitive_columns_are_marked_so(metrics: Metrics, workspace: Workspace) -> None:
    manifest = json.loads(workspace.published().semantic_manifest.read_text())
    exprs = {m["name"]: m["expr"] for model in manifest["semantic_models"] for m in model["measures"]}
    for metric in manifest["metrics"]:
        words = " ".join(exprs[m["name"]] for m in metric["type_params"]["input_measures"])
        tells = any(is_sensitive(word) for word in re.findall(r"\w+", words))
        assert bool(metric["config"]["meta"].get("is_sensitive")) == tells, metric["name"]


def test_definitions_use_columns_that_the_marts_promise(workspace: Workspace) -> None:
    promised = {
        model["name"]: {column["name"] for column in model["columns"]}
        for file in (PROJECT / "models" / "marts").rglob("*.yml")
        for model in yaml.safe_load(file.read_text()).get("models", [])
    }
    manifest = json.loads(workspace.published().semantic_manifest.read_text())
    for model in manifest["semantic_models"]:
        table = model["node_relation"]["alias"]
        for element in (*model["measures"], *model["dimensions"], *model["entities"]):
            expression = sqlglot.parse_one(element.get("expr") or element["name"], read="duckdb")
            columns = {column.name for column in expression.find_all(sqlglot.exp.Column)}
            assert columns <= promised[table], (table, element["name"])


def test_models_carry_columns_tests_rows_and_lineage(metrics: Metrics) -> None:
    model = metrics.catalogue.models["fct_sale_lines"]
    columns = {column.name: column for column in model.columns}
    assert columns["net_amount"].type == "DECIMAL(18,4)"
    assert columns["net_amount"].description
    assert "not_null" in columns["net_amount"].tests
    assert model.rows == 336
    assert "canary" not in metrics.catalogue.models


def test_the_document_lists_the_catalogue(metrics: Metrics) -> None:
    said = {}
    for section in DOCUMENT.read_text().split("\n## ")[1:]:
        found = re.search(r"^Split by: (.*)\.$", section, re.MULTILINE)
        splits = re.findall(r"`(\w+)`", found[1]) if found else []
        rows = re.findall(r"^\| `(\w+)`(\*?) \| (.+) \| (\w+) \| (.+) \| (.*) \|$", section, re.MULTILINE)
        said |= {name: (*row, splits) for name, *row in rows}
    expected = {
        metric.name: (
            "*" if metric.is_sensitive else "",
            metric.description,
            metric.unit,
            metric.additivity,
            ", ".join(metric.synonyms),
            list(metric.dimensions),
        )
        for metric in metrics.catalogue.metrics.values()
    }
    assert said == expected
