"""Exports that shops have, through the presets: small files written by hand, with totals worked out by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.files.client import open_file
from connectors.files.presets import fitting, preset_names
from connectors.files.propose import Answers
from connectors.files.suggest import suggest
from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

EXAMPLES = Path(__file__).parent / "examples"
Connected = Callable[..., "Shop"]


@pytest.fixture
def connected(make_shop: Callable[..., Shop]) -> Connected:
    """A shop with examples in its folder and the mapping that would be written for them."""

    def connect(*names: str, preset: str | None = None) -> Shop:
        shop = make_shop(mapping=Path("mapping.yaml"))
        for name in names:
            shutil.copy(EXAMPLES / name, shop.workspace.incoming / name.split("_", 1)[1])
        suggestion = suggest(shop.source, shop.workspace.incoming, Answers(), preset)
        assert suggestion.questions == []
        assert suggestion.text is not None
        (shop.workspace.root / "mapping.yaml").write_text(suggestion.text)
        report = shop.load()
        assert report.errors == []
        assert [table.quarantined for table in report.tables.values() if table.quarantined] == []
        return shop

    return connect


def lines(shop: Shop) -> list[tuple[object, ...]]:
    return shop.rows(
        "SELECT sale_id, product_id, line_type, quantity, net_amount, tax_amount, gross_amount"
        " FROM raw_files.sale_lines ORDER BY sale_line_id"
    )


def D(*values: str) -> tuple[Decimal, ...]:  # noqa: N802 (short for a column of figures)
    return tuple(map(Decimal, values))


def test_shopify_orders_become_tickets_with_discounts_charges_and_refunds(connected: Connected) -> None:
    shop = connected("shopify_orders_export.csv", "shopify_products_export.csv")
    assert lines(shop) == [
        # 50.00 of goods, 5.00 off the order: each line gives a tenth; tax of 4.50 on top, by their shares
        ("#1001", "TEA-G", "goods", *D("2", "18", "1.8", "19.8")),
        ("#1001", "POT", "goods", *D("1", "27", "2.7", "29.7")),
        ("#1001", "shipping", "charge", *D("1", "5", "0", "5")),
        # all money went back, so the unit did
        ("#1002", "TEA-G", "goods", *D("1", "10", "1", "11")),
        ("#1002", "TEA-G", "goods", *D("-1", "-10", "-1", "-11")),
        ("#1003", "POT", "goods", *D("1", "30", "3", "33")),
        # 110.00 + 12.10 with 20.18 of tax in them; half of the money went back
        ("#1004", "Gift, no code", "goods", *D("1", "91.8198", "18.1802", "110")),
        ("#1004", "Gift, no code", "discount", *D("0", "-45.9099", "-9.0901", "-55")),
        ("#1004", "shipping", "charge", *D("1", "10.1002", "1.9998", "12.1")),
        ("#1004", "shipping", "charge", *D("-1", "-5.0501", "-0.9999", "-6.05")),
    ]
    assert shop.rows("SELECT sale_id, store_id, channel, status, sold_at::VARCHAR FROM raw_files.sales ORDER BY 1") == [
        ("#1001", "online", "online", "completed", "2025-05-01 08:00:00+00"),
        ("#1002", "online", "online", "completed", "2025-05-02 07:00:00+00"),
        ("#1003", "online", "online", "cancelled", "2025-05-03 07:00:00+00"),
        ("#1004", "High Street", "pos", "completed", "2025-05-04 07:00:00+00"),
    ]
    assert shop.rows("SELECT sale_id, tender, amount FROM raw_files.payments ORDER BY 1") == [
        ("#1001", "Shopify Payments", Decimal("54.5")),
        ("#1002", "Shopify Payments", Decimal(0)),
        ("#1004", "cash", Decimal("61.05")),
    ]
    assert not any("example.com" in repr(row) for table in shop.dump().values() for row in table)


def test_shopify_products_have_one_row_per_variant(connected: Connected) -> None:
    shop = connected("shopify_products_export.csv")
    assert shop.rows(
        "SELECT product_id, name, barcode, brand, category_path, list_price, cost, is_active FROM raw_files.products"
        " ORDER BY 1"
    ) == [
        ("POT", "Tea pot - Small", None, "Clay", "Ware", *D("30", "12"), False),
        ("POT-L", "Tea pot - Large", None, "Clay", "Ware", *D("45", "18"), False),
        ("TEA-G", "Green tea", "4006381333931", "Leaf", "Tea", *D("10", "4.2"), True),
    ]


def test_square_items_become_lines_and_refunds_returns(connected: Connected) -> None:
    shop = connected("square_items.csv")
    assert shop.rows(
        "SELECT sale_id, product_id, quantity, discount_amount, net_amount, tax_amount, gross_amount, sold_at::VARCHAR"
        " FROM raw_files.sale_lines ORDER BY _line"
    ) == [
        ("TA", "MUG-1", *D("2", "0", "1036", "2.88", "1038.88"), "2025-05-01 08:02:11+00"),
        ("TA", "Fern - Large", *D("1", "3", "15", "1.2", "16.2"), "2025-05-01 08:02:11+00"),
        ("TA:PB", "Fern - Large", *D("-1", "-3", "-15", "-1.2", "-16.2"), "2025-05-13 09:40:00+00"),
    ]
    assert shop.rows("SELECT customer_id, name FROM raw_files.customers") == [("C1", None)]


@pytest.mark.parametrize(
    ("preset", "net", "gross"),
    [
        ("loyverse_tax_included", ("20", "10", "-10", "10.91"), ("22", "11", "-11", "12")),
        ("loyverse_tax_added", ("22", "11", "-11", "12"), ("24", "12", "-12", "13.09")),
    ],
)
def test_loyverse_receipts_by_item(
    connected: Connected, preset: str, net: tuple[str, ...], gross: tuple[str, ...]
) -> None:
    shop = connected("loyverse_receipts-by-item.csv", preset=preset)
    rows = shop.rows("SELECT net_amount, gross_amount, quantity, unit_cost FROM raw_files.sale_lines ORDER BY _line")
    assert [row[0] for row in rows] == list(D(*net))
    assert [row[1] for row in rows] == list(D(*gross))
    assert [row[2:] for row in rows] == [D("2", "6.25"), D("1", "5"), D("-1", "6.25"), D("1", "6.25")]
    assert shop.rows("SELECT sale_id, status, sold_at::VARCHAR FROM raw_files.sales ORDER BY 1")[-1] == (
        "2-1681",
        "cancelled",
        "2025-05-14 07:45:00+00",
    )


def test_loyverse_is_never_chosen_unasked(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shutil.copy(EXAMPLES / "loyverse_receipts-by-item.csv", shop.workspace.incoming)
    assert suggest(shop.source, shop.workspace.incoming, Answers(), None).presets == {}


def test_online_retail_is_recognised_by_its_columns(connected: Connected) -> None:
    shop = connected("online_retail_ii.csv")
    assert shop.rows(
        "SELECT line_type, count(*), sum(quantity), sum(net_amount) FROM raw_files.sale_lines GROUP BY 1 ORDER BY 1"
    ) == [
        ("adjustment", 1, Decimal(-96), Decimal(0)),
        ("charge", 1, Decimal(1), Decimal(18)),
        ("goods", 2, Decimal(10), Decimal("69.5")),
    ]


def test_complete_journey_counts_sales_value_and_its_times_are_utc(connected: Connected) -> None:
    shop = connected("complete_journey_transactions.csv", "complete_journey_products.csv")
    assert shop.rows(
        "SELECT sale_id, product_id, unit_price, discount_amount, net_amount, sold_at::VARCHAR"
        " FROM raw_files.sale_lines ORDER BY _line"
    ) == [
        ("31198570044", "1095275", *D("0.5", "0", "0.5"), "2017-01-01 11:53:26+00"),
        ("31198570044", "9878513", *D("1.065", "0.15", "1.98"), "2017-01-01 11:53:26+00"),
        ("31198655051", "1041453", *D("1.58", "0.15", "1.43"), "2017-01-01 12:27:00+00"),
    ]
    assert shop.rows("SELECT name, time_zone FROM raw_files.stores ORDER BY 1") == [
        ("Store 330", "America/New_York"),
        ("Store 406", "America/New_York"),
    ]
    assert shop.rows("SELECT name, category_path FROM raw_files.products ORDER BY 1") == [
        ("Product 1041453", "MISCELLANEOUS"),
        ("ROLLS: DINNER 12 CT", "PASTRY > ROLLS"),
    ]


def test_every_preset_takes_an_example(make_shop: Callable[..., Shop]) -> None:
    import duckdb

    shop = make_shop()
    with duckdb.connect() as connection:
        headers = [open_file(connection, path.name, path, shop.source).headers for path in EXAMPLES.glob("*.csv")]
    for name in preset_names():
        assert any(fitting(name, columns) is not None for columns in headers), name


def test_a_preset_that_is_not_there_is_said(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    with pytest.raises(UnusableRequest, match="There is no preset 'lightspeed'"):
        suggest(shop.source, shop.workspace.incoming, Answers(), "lightspeed")
