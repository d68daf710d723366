"""Every recorded version is read: fields are found by name, and what comes is what the server answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from connectors.incremental import TableReader
from connectors.incremental.rows import arrow_schema
from connectors.odoo.readers import ModelReader
from tests.contract.odoo.conftest import Reader
from tests.contract.odoo.fake_odoo import BY_HAND, RECORDED, VERSIONS, FakeOdoo

MakeReader = Callable[..., Reader]


def everything(reader: TableReader) -> pa.Table:
    batches = list(reader.read() if reader.table.strategy == "whole" else reader.first_load(None))
    assert not [rejected for batch in batches for rejected in batch.rejected]
    return pa.concat_tables([arrow_schema(reader.table.columns).empty_table(), *(batch.rows for batch in batches)])


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return value[0] if len(value) == 2 and isinstance(value[1], str) else ",".join(map(str, value)) or None
    return None if value is False else value


@pytest.mark.parametrize("version", RECORDED)
def test_every_record_is_a_row_with_the_values_that_the_server_answered(make_reader: MakeReader, version: str) -> None:
    fake = FakeOdoo(version)
    fake.seed()
    compared = 0
    for reader in make_reader(version, fake).open().readers:
        rows = everything(reader).to_pylist()
        if not isinstance(reader, ModelReader) or reader.domain or reader.table.name in {"uom_uom", "res_partner"}:
            continue
        model = fake.rows[reader.mapped.table.model]
        assert {row["id"] for row in rows} == set(model)
        for row in rows:
            for column, name in reader.mapped.fields.items():
                if reader.table.columns[column] in {"integer", "decimal", "text"}:
                    value = plain(model[row["id"]][name])
                    same = pytest.approx(value, abs=0.0001) if isinstance(value, float) else value
                    found = float(row[column]) if hasattr(row[column], "as_tuple") else row[column]
                    assert found == same, f"{reader.table.name}.{column}"
                    compared += 1
    assert compared > 500


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_that_is_asked_for_is_stored_or_known_to_be_computed(make_reader: MakeReader, version: str) -> None:
    """The server breaks off the whole call over a field that it cannot relate to anything."""
    reader = make_reader(version)
    reader.open()
    for model, method, arguments in reader.fake.calls:
        for name in arguments.get("fields", []) if method == "search_read" else []:
            assert reader.fake.fields[model][name].get("relation") != "_unknown"


@pytest.mark.parametrize("version", VERSIONS)
def test_only_columns_that_a_version_cannot_have_are_without_a_field(make_reader: MakeReader, version: str) -> None:
    lacking = {
        f"{reader.table.name}.{column}"
        for reader in make_reader(version).open().readers
        if isinstance(reader, ModelReader) and reader.mapped.table.model not in BY_HAND
        for column in reader.mapped.table.sources
        if column not in reader.mapped.fields
    }
    always = {"pos_config.discount_product_id", "sale_order_line.purchase_price"}
    by_version: dict[str, set[str]] = {
        "14.0": {
            "pos_config.down_payment_product_id",
            "pos_order_line.combo_parent_id",
            "pos_order_line.is_reward_line",
            "pos_order_line.is_total_cost_computed",
            "pos_order_line.refunded_orderline_id",
            "pos_order_line.reward_id",
            "pos_order_line.sale_order_origin_id",
            "pos_order_line.total_cost",
            "pos_payment_method.type",
            "product_supplierinfo.discount",
            "sale_order_line.is_reward_line",
            "sale_order_line.reward_id",
            "stock_location.warehouse_id",
            "stock_move.is_inventory",
            "stock_move.scrap_id",
        },
        "16.0": {
            "loyalty_program.date_from",
            "pos_order_line.combo_parent_id",
            "product_supplierinfo.discount",
            "stock_move.inventory_id",
            "stock_move.scrap_id",
        },
        "17.0": {"stock_move.inventory_id"},
        "18.0": {"stock_move.inventory_id"},
        "19.0": {
            "product_template.uom_po_id",
            "res_partner.mobile",
            "stock_location.scrap_location",
            "stock_move.inventory_id",
            "stock_move.scrapped",
        },
    }
    by_version["15.0"] = by_version["16.0"]
    old = {"product_supplierinfo.product_uom_id", "uom_uom.relative_factor"} if version != "19.0" else set()
    refunds = {"pos_order.is_refund"} if version != "19.0" else set()
    storable = {"product_template.is_storable"} if version not in {"18.0", "19.0"} else set()
    rewards = {"sale_order_line.is_reward_line"}
    assert lacking == always | by_version[version] | old | refunds | storable | rewards


@pytest.mark.parametrize("version", VERSIONS)
def test_names_of_related_records_are_left_out_where_the_server_can(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    client = reader.client()
    (line, *_) = client.search_read("pos.order.line", [["id", "=", 10]], ["order_id"])
    assert line["order_id"] == ([1, "a name"] if version == "14.0" else 1)
