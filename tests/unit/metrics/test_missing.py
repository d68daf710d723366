"""Data that lack something: a chain without tax, cost and stock, and sales in a currency without a rate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics import MetricQuery, Metrics
from metrics.contents import Contents, caveats
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create

SALES_ALONE = """
update marts.fct_sale_lines set tax_amount = null, gross_amount = null, cost_amount = null, costed_net_amount = null;
delete from marts.fct_stock_levels; delete from marts.fct_stock_daily; delete from marts.fct_stock_ageing;
update marts.dim_capabilities set is_available = false, note = 'not in this data set' where table_name like 'stock%';
update marts.fct_sale_lines set net_amount = null, currency = 'XAF' where sale_id = 'files:T0';
"""


@pytest.fixture(scope="module")
def sales_alone(
    tmp_path_factory: pytest.TempPathFactory, manifests: Path, marts_sql: str, publish
) -> Iterator[Metrics]:
    description = WorkspaceDescription(kind="demo", created_at="2025-01-20T00:00:00Z", reporting_currency="EUR")
    workspace: Workspace = create(tmp_path_factory.mktemp("home"), "demo-sales-alone", description)
    publish(workspace, manifests, "1", marts_sql + SALES_ALONE)
    opened = Metrics.open(workspace, Settings())
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("tax_amount", "no row of fct_sale_lines holds what it needs"),
        ("sales_with_tax", "no row of fct_sale_lines holds what it needs"),
        ("gross_margin", "no row of fct_sale_lines holds what it needs"),
        ("gross_margin_rate", "no row of fct_sale_lines holds what it needs"),
        ("on_hand", "no source gives stock_levels or stock_movements (files: not in this data set)"),
        ("products_out_of_stock", "no source gives stock_levels or stock_movements (files: not in this data set)"),
        ("stockout_rate", "no source gives stock_movements (files: not in this data set)"),
        ("lost_sales_estimate", "no source gives stock_movements (files: not in this data set)"),
    ],
)
def test_what_the_data_lack_is_null_with_the_reason(sales_alone: Metrics, metric: str, reason: str) -> None:
    label = sales_alone.catalogue.metrics[metric].label
    result = sales_alone.query(MetricQuery(metrics=("transactions", metric)))
    assert result.rows[0][metric] is None
    assert result.rows[0]["transactions"] > 0
    assert f"{label} is not known: {reason}." in result.warnings


def test_a_source_without_a_table_is_named_where_another_has_it(metrics: Metrics) -> None:
    on_order = metrics.catalogue.metrics["on_order"]
    said = {"purchase_orders": {"files": (False, ""), "odoo": (True, "")}}
    assert caveats(on_order, Contents({}, (), None, None, said, {})) == [
        "On order leaves out files, which gives no purchase_orders."
    ]


def test_lines_without_an_exchange_rate_are_counted_in_a_warning(sales_alone: Metrics) -> None:
    result = sales_alone.query(MetricQuery(metrics=("net_sales",)))
    assert result.warnings == ("Amounts leave out sale lines that have no exchange rate: 2 in XAF.",)
    assert not sales_alone.query(MetricQuery(metrics=("units_sold",))).warnings
