"""From the recorded answers to the marts, through a real load."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from forecasting.tables import ensure_tables

if TYPE_CHECKING:
    from tests.contract.inventree.conftest import Shop

PROJECT = Path(__file__).parents[3] / "dbt_project"


def test_the_recorded_shop_has_the_figures_that_its_own_pages_show(shop: Shop, tmp_path: Path) -> None:
    shop.load()
    with duckdb.connect(str(shop.workspace.warehouse)) as connection:
        connection.execute(
            "create schema raw_tillsight; create table raw_tillsight.workspace as select 'shop' as workspace,"
            " timestamptz '2026-11-20 12:00:00+00' as as_of_at, 'EUR' as reporting_currency, 'UTC' as default_time_zone"
        )
        ensure_tables(connection)
    _build(shop, tmp_path)
    assert _rows(
        shop,
        "select product, sum(on_hand), sum(reserved), sum(on_order) from marts.fct_stock_levels"
        " join marts.dim_products using (product_id) group by product having sum(on_hand) > 0 order by product",
    ) == [("Kaffee 500 g", 143, 0, 72), ("Shirt M", 20, 0, 0), ("Tee lose", Decimal("25.5"), 0, 0)]
    assert _rows(
        shop,
        "select store, sum(on_hand) from marts.fct_stock_levels join marts.dim_stores using (store_id)"
        " group by store order by store",
    ) == [("Lager", Decimal("144.5")), ("Shop Ost", 44)]
    assert _rows(
        shop,
        "select supplier, pack_size, unit_cost from intermediate.int_supplier_terms_unioned"
        " join marts.dim_suppliers using (supplier_id)",
    ) == [("Nordkaffee GmbH", 12, 5)]
    assert _rows(shop, "select list_price from marts.dim_products where sku = 'KAFFEE-500'") == [(Decimal("8.99"),)]


def _rows(shop: Shop, sql: str) -> list[tuple[Any, ...]]:
    # dbt keeps the file open for writing, and DuckDB wants one way of opening it per process.
    with duckdb.connect(str(shop.workspace.warehouse)) as connection:
        return connection.execute(sql).fetchall()


def _build(shop: Shop, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TILLSIGHT_WAREHOUSE", str(shop.workspace.warehouse))
        result = dbtRunner().invoke(
            ["build", "--quiet", f"--project-dir={PROJECT}", f"--profiles-dir={PROJECT}",
             f"--target-path={folder / 'target'}", f"--log-path={folder}",
             f"--vars={json.dumps({'sources': ['inventree']})}"]
        )  # fmt: skip
    assert result.exception is None, result.exception
    assert not [node.node.name for node in result.result if node.status not in {"success", "pass"}]
