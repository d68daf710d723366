"""Roles and stores: what a principal may not see is not there, on every path."""

from __future__ import annotations

import pytest

from metrics import Filter, MetricQuery, Metrics, policy
from retail.errors import Refused, UnusableRequest
from retail.principal import Principal
from retail.vocabulary import Role

TOWN = Principal("mo", Role.MANAGER, ("S2",))
STAFF = Principal("sam", Role.STAFF)
ANALYST = Principal("ana", Role.ANALYST, ("Old Town", "files:S1"))


def test_a_manager_sees_the_stores_given_and_totals_of_them_only(metrics: Metrics) -> None:
    split = metrics.query(MetricQuery(metrics=("net_sales", "on_hand"), by=("store",)), TOWN)
    total = metrics.query(MetricQuery(metrics=("net_sales", "on_hand")), TOWN)
    assert [row["store"] for row in split.rows] == ["Old Town"]
    assert {name: split.rows[0][name] for name in ("net_sales", "on_hand")} == total.rows[0]


def test_a_store_outside_the_scope_is_unknown_and_not_named(metrics: Metrics) -> None:
    where = (Filter(dimension="store", operator="=", value="CANARY-stor"),)
    with pytest.raises(UnusableRequest) as error:
        metrics.query(MetricQuery(metrics=("net_sales",), where=where), TOWN)
    assert "CANARY-store" not in str(error.value)
    assert "Harbour" not in str(error.value)


def test_a_principal_with_an_unknown_store_gets_an_error_and_not_everything(metrics: Metrics) -> None:
    with pytest.raises(UnusableRequest, match="no store 'S99'"):
        metrics.query(MetricQuery(metrics=("net_sales",)), Principal("mo", Role.MANAGER, ("S99",)))


def test_sql_and_details_see_the_same_rows_as_metrics(metrics: Metrics) -> None:
    rows = metrics.sql("select distinct store from fct_sales join dim_stores using (store_id) order by 1", ANALYST).rows
    assert rows == [{"store": "Harbour"}, {"store": "Old Town"}]
    details = metrics.rows("fct_sales", columns=("store_id",), principal=TOWN).rows
    assert {row["store_id"] for row in details} == {"files:S2"}
    assert [row["store"] for row in metrics.rows("dim_stores", principal=TOWN).rows] == ["Old Town"]
    assert len(metrics.rows("dim_products", principal=TOWN).rows) == 4


def test_facts_that_belong_to_no_store_are_hidden_from_whoever_sees_some_stores(metrics: Metrics) -> None:
    with pytest.raises(Refused) as refused:
        metrics.sql("select * from fct_quarantine", ANALYST)
    assert refused.value.reason == "role"
    with pytest.raises(Refused):
        metrics.rows("fct_quarantine", columns=("reason",), principal=TOWN)


@pytest.mark.parametrize(
    "metric", ["gross_margin", "profit", "stock_value", "cost_of_goods_sold", "stock_value_at_close"]
)
def test_staff_see_no_cost_margin_or_stock_value(metrics: Metrics, metric: str) -> None:
    with pytest.raises(Refused) as refused:
        metrics.query(MetricQuery(metrics=("net_sales", metric)), STAFF)
    assert refused.value.reason == "role"


def test_staff_see_details_without_the_hidden_columns(metrics: Metrics) -> None:
    rows = metrics.rows("dim_products", principal=STAFF).rows
    assert "list_price" in rows[0]
    assert "unit_cost" not in rows[0]
    with pytest.raises(Refused, match="unit_cost"):
        metrics.rows("dim_products", columns=("unit_cost",), principal=STAFF)
    with pytest.raises(Refused, match="unit_cost"):
        metrics.rows(
            "dim_products",
            columns=("sku",),
            where=(Filter(dimension="unit_cost", operator=">", value=1),),
            principal=STAFF,
        )
    assert metrics.query(MetricQuery(metrics=("net_sales",)), STAFF).rows[0]["net_sales"] > 0


def test_staff_see_a_reorder_draft_without_what_it_costs_or_how_that_was_reckoned() -> None:
    columns = ("store_id", "product", "order_quantity", "unit_cost", "order_amount", "cost_of_not_ordering", "reasons")
    schema = {
        "fct_reorder_drafts": dict.fromkeys(columns, "VARCHAR"),
        "fct_order_cost_curves": {"store_id": "VARCHAR", "holding_amount": "DOUBLE"},
    }
    granted = policy.for_principal(schema, STAFF, None)
    assert list(granted.tables) == ["fct_reorder_drafts"]
    assert list(granted.tables["fct_reorder_drafts"]) == ["store_id", "product", "order_quantity"]
    assert granted.hidden_tables == {"fct_order_cost_curves"}
    assert policy.for_principal(schema, ANALYST, None).tables == schema


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.STAFF])
def test_the_text_of_rejected_rows_is_for_admins(metrics: Metrics, role: Role) -> None:
    assert "row_text" not in [
        column.name for column in metrics.rows("fct_quarantine", principal=Principal("x", role)).columns
    ]
    with pytest.raises(Refused, match="row_text"):
        metrics.rows("fct_quarantine", columns=("row_text",), principal=Principal("x", role))
    admin = metrics.rows("fct_quarantine", principal=Principal("ada", Role.ADMIN))
    assert "row_text" in [column.name for column in admin.columns]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF])
def test_only_analysts_and_admins_write_sql(metrics: Metrics, role: Role) -> None:
    with pytest.raises(Refused) as refused:
        metrics.sql("select 1", Principal("mo", role))
    assert refused.value.reason == "role"


def test_details_take_hostile_values_as_values(metrics: Metrics) -> None:
    for value in ("x' or '1'='1", "{{ 7*7 }}", '"; drop table x; --'):
        where = (Filter(dimension="cashier", operator="=", value=value),)
        assert metrics.rows("fct_sales", columns=("sale_id",), where=where).rows == []
    with pytest.raises(UnusableRequest, match="no column"):
        metrics.rows("fct_sales", columns=('sale_id" from x; --',))
    with pytest.raises(UnusableRequest, match="no table"):
        metrics.rows("canary")
