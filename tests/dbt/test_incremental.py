"""The incremental facts after late, edited, cancelled and deleted documents equal a full rebuild."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from connectors import FilesSource, load
from demo.sample import generate
from forecasting.replenishment.tables import SCHEMAS as REPLENISHMENT_TABLES
from forecasting.tables import SCHEMAS as FORECAST_TABLES
from retail.settings import Settings
from retail.workspace import WorkspaceDescription, create

if TYPE_CHECKING:
    from tests.dbt.conftest import Shop

AS_OF = datetime(2025, 6, 13, 19, 0, tzinfo=UTC)
CHANGES = {
    "a late ticket": """
        insert into raw_files.sales (sale_id, store_id, sold_at, status)
        select 'LATE', store_id, timestamptz '2025-03-03 15:00:00+00', 'completed' from raw_files.stores limit 1;
        insert into raw_files.sale_lines (sale_line_id, sale_id, store_id, product_id, sold_at, quantity, net_amount)
        select 'LATE-1', 'LATE', sale.store_id, line.product_id, sale.sold_at, 2, 5
        from raw_files.sales as sale, (select min(product_id) as product_id from raw_files.sale_lines) as line
        where sale.sale_id = 'LATE'""",
    "an edited line": """
        update raw_files.sale_lines set quantity = quantity + 3, net_amount = net_amount + 7
        where sale_line_id = (select min(sale_line_id) from raw_files.sale_lines where quantity > 0)""",
    "a cancelled ticket": """
        update raw_files.sales set status = 'cancelled'
        where sale_id = (select median(sale_id) from raw_files.sales where status = 'completed')""",
    "a deleted ticket": """
        create temp table deleted as select max(sale_id) as sale_id from raw_files.sales where status = 'completed';
        delete from raw_files.sale_lines where sale_id in (from deleted);
        delete from raw_files.sales where sale_id in (from deleted)""",
    "a ticket moved to another day": """
        update raw_files.sales set sold_at = sold_at - interval 9 day
        where sale_id = (select min(sale_id) from raw_files.sales where status = 'completed')""",
    "a vanished payment": """
        delete from raw_files.payments where payment_id = (select min(payment_id) from raw_files.payments)""",
    "a late movement": """
        update raw_files.stock_movements set quantity = quantity - 1
        where movement_id = (
            select median(movement_id) from raw_files.stock_movements where movement_type = 'receipt')""",
    "a late receipt cost": """
        update raw_files.receipts set unit_cost = unit_cost * 2
        where receipt_id = (select median(receipt_id) from raw_files.receipts)""",
    "a product that turns out to be a charge": """
        update raw_files.products set kind = 'charge'
        where product_id = (
            select max(product_id) from raw_files.sale_lines where coalesce(line_type, 'goods') = 'goods')""",
    "a discontinued product and a closed store": """
        update raw_files.products set discontinued_date = date '2025-04-01'
        where product_id = (select min(product_id) from raw_files.stock_movements);
        update raw_files.stores set closed_date = date '2025-05-01'
        where store_id = (select max(store_id) from raw_files.stores)""",
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the small sample chain loaded by the connector."""
    description = WorkspaceDescription(kind="demo", dataset="sample", created_at=AS_OF, as_of_at=AS_OF)
    workspace = create(tmp_path_factory.mktemp("sample"), "demo-sample", description)
    generate(workspace.incoming, as_of_at=AS_OF, size="small")
    load(FilesSource(type="files"), workspace, Settings(), lambda *_: None)
    return workspace.warehouse


@pytest.fixture(scope="module")
def built(sample: Path, make_shop: Callable[..., Shop]) -> Shop:
    """The sample, built and tested a day before its end."""
    shop = make_shop(TILLSIGHT_INVARIANTS="error")
    shutil.copy(sample, shop.warehouse)
    shop.set_workspace(AS_OF)
    result = shop.dbt("build")
    assert result.success, [node.message for node in result.result if node.status not in {"success", "pass"}]
    return shop


@pytest.fixture
def copy(built: Shop, make_shop: Callable[..., Shop]) -> Shop:
    shop = make_shop()
    built.copy_to(shop.warehouse)
    return shop


def _marts(shop: Shop) -> list[str]:
    return [
        name for (name,) in shop.rows("select table_name from duckdb_tables() where schema_name = 'marts' order by 1")
    ]


def _differences(shop: Shop, other: Path) -> dict[str, int]:
    """Rows of each mart that are in one of two warehouses alone."""
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute(f"attach '{other}' as other (read_only)")
        found = {}
        for mart in _marts_of(connection):
            here, there = f"warehouse.marts.{mart}", f"other.marts.{mart}"
            ((count,),) = connection.execute(
                f"select count(*) from ((from {here} except all from {there}) union all"
                f" (from {there} except all from {here}))"
            ).fetchall()
            if count:
                found[mart] = count
    return found


def _marts_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' and database_name = 'warehouse'"
        ).fetchall()
    ]


def test_every_mart_builds_and_every_test_of_the_project_passes_on_the_sample(built: Shop) -> None:
    assert len(_marts(built)) >= 20
    empty = [mart for mart in _marts(built) if not built.value(f"select count(*) from marts.{mart}")]
    by_other_steps = {*FORECAST_TABLES, *REPLENISHMENT_TABLES}
    assert set(empty) <= {"fct_quarantine", "fct_reconciliation_differences", *by_other_steps}


def test_late_edited_cancelled_and_deleted_documents_leave_what_a_full_rebuild_would(
    copy: Shop, tmp_path: Path
) -> None:
    for change in CHANGES.values():
        copy.execute(change)
    copy.set_workspace(AS_OF + timedelta(days=1))
    copy.run()
    assert copy.value("select count(*) from intermediate.int_store_days_changed") >= len(CHANGES) - 4
    incremental = tmp_path / "incremental.duckdb"
    copy.copy_to(incremental)
    copy.run("--full-refresh")
    assert _differences(copy, incremental) == {}


def test_an_interrupted_build_is_made_good_by_the_next_one(copy: Shop, tmp_path: Path) -> None:
    for change in CHANGES.values():
        copy.execute(change)
    copy.run("--select", "+fct_sale_lines", "+fct_payments")
    copy.run()
    repaired = tmp_path / "repaired.duckdb"
    copy.copy_to(repaired)
    copy.run("--full-refresh")
    assert _differences(copy, repaired) == {}


def test_a_day_touches_only_its_own_store_days(copy: Shop) -> None:
    copy.execute(CHANGES["an edited line"])
    copy.run()
    assert copy.value("select count(*) from intermediate.int_store_days_changed") == 1


def test_nothing_new_changes_nothing(copy: Shop, tmp_path: Path) -> None:
    before = tmp_path / "before.duckdb"
    copy.copy_to(before)
    copy.run()
    assert copy.value("select count(*) from intermediate.int_store_days_changed") == 0
    assert _differences(copy, before) == {}
