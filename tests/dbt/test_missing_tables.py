"""A shop that has little, or nothing, still builds: typed, empty where nothing is known, and without invented zeros."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from tests.dbt.conftest import Shop


@pytest.fixture(scope="module")
def lines_only(make_shop: Callable[..., Shop]) -> Shop:
    """Sale lines as the connector makes them from a bare file, and no as-of moment."""
    shop = make_shop(as_of_at=None)
    moments = {"T1": "2025-03-03 23:30:00+00", "T2": "2025-03-04 15:00:00+00"}
    for number, (ticket, product) in enumerate([("T1", "A"), ("T1", "A"), ("T1", "B"), ("T2", "A")]):
        shop.insert(
            "sale_lines",
            {"sale_line_id": f"{ticket}-{number}", "sale_id": ticket, "store_id": "S1", "product_id": product,
             "sold_at": moments[ticket], "quantity": 1, "net_amount": 5},
        )  # fmt: skip
    shop.insert("capabilities", {"table_name": "sale_lines", "is_available": True})
    shop.insert("capabilities", {"table_name": "stock_levels", "is_available": False, "note": "no file"})
    result = shop.dbt("build")
    assert result.success, [node.message for node in result.result if node.status not in {"success", "pass"}]
    assert [node.node.name for node in result.result if node.status == "warn"] == []
    return shop


def test_sale_lines_alone_are_enough(lines_only: Shop) -> None:
    assert lines_only.rows("select sale_id, lines, net_amount, payments_amount from marts.fct_sales order by 1") == [
        ("files:T1", 3, 15, None),
        ("files:T2", 1, 5, None),
    ]


def test_the_newest_sale_decides_what_now_is(lines_only: Shop) -> None:
    assert lines_only.value("select as_of_date::varchar from intermediate.int_workspace") == "2025-03-04"


def test_unknown_cost_tax_and_discount_stay_null(lines_only: Shop) -> None:
    columns = ("cost_amount", "costed_net_amount", "tax_amount", "gross_amount", "discount_amount")
    for column in columns:
        assert lines_only.value(f"select count({column}) from marts.fct_sale_lines") == 0


def test_without_stock_the_stock_marts_are_empty_and_the_capability_says_so(lines_only: Shop) -> None:
    for mart in ("fct_stock_levels", "fct_stock_daily", "fct_stock_ageing", "fct_purchase_order_lines"):
        assert lines_only.value(f"select count(*) from marts.{mart}") == 0
    assert lines_only.rows("select table_name, note from marts.dim_capabilities where not is_available") == [
        ("stock_levels", "no file")
    ]


def test_health_counts_what_is_there(lines_only: Shop) -> None:
    assert lines_only.rows("select row_count from marts.fct_data_health where table_name = 'sale_lines'") == [(4,)]


def test_without_any_source_everything_builds_typed_and_empty(make_sourceless_shop: Callable[[], Shop]) -> None:
    shop = make_sourceless_shop()
    result = shop.dbt("build")
    assert result.success, [node.message for node in result.result if node.status not in {"success", "pass"}]
    models = [node.node.name for node in result.result if node.node.resource_type == "model"]
    facts = [name for name in models if name.startswith("fct_")]
    assert len(facts) >= 12
    for fact in facts:
        assert shop.value(f"select count(*) from marts.{fact}") == 0
    assert shop.value("select count(*) from marts.dim_dates") == 401


def test_every_column_of_every_mart_is_described_typed_and_of_the_declared_type(lines_only: Shop) -> None:
    described = {
        (node.name, column.name): column.data_type
        for node in [*lines_only.manifest.nodes.values(), *lines_only.manifest.sources.values()]
        if node.resource_type in {"model", "source"} and node.schema == "marts"
        for column in node.columns.values()
        if column.description
    }
    columns = lines_only.rows("select table_name, column_name from duckdb_columns() where schema_name = 'marts'")
    assert {column for column in columns if column not in described} == set()
    assert all(described.values())


def test_the_model_has_the_columns_of_the_connectors_template(lines_only: Shop, template_path: Path) -> None:
    tables = yaml.safe_load(template_path.read_text())["tables"]
    for name, table in tables.items():
        found = {
            column
            for (column,) in lines_only.rows(
                f"select column_name from duckdb_columns() where table_name = 'int_{name}_unioned'"
            )
        }
        hashes = {"email_hash", "phone_hash"} if name == "customers" else set()
        assert found == {"source", *table["columns"], *hashes}
