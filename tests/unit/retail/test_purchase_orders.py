"""Purchase orders from decisions: what goes into them, what they come to, and files that hurt nobody."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from forecasting.replenishment.purchase_orders import PurchaseOrder, purchase_orders, to_csv, to_pdf
from retail.operational.decisions import Decision
from retail.vocabulary import DecisionAction, DraftState

APPROVAL = Decision(
    decision_id="a-1",
    draft_id="a",
    action=DecisionAction.APPROVE,
    state=DraftState.APPROVED,
    quantity_before=6,
    quantity_after=12,
    reason=None,
    snooze_until=None,
    user="Ada",
    role="manager",
    decided_at=datetime(2025, 6, 13, 9, tzinfo=UTC),
    run_id="run-1",
    kind="order",
    product_id="files:P1",
    sku="MILK-1",
    product="Milk",
    store_id="files:S1",
    from_store_id=None,
    supplier_id="files:V1",
    supplier="Dairy Direct",
    order_date=date(2025, 6, 14),
    delivery_date=date(2025, 6, 16),
    unit_cost=1.255,
    currency="EUR",
)


def the_order(*approvals: Decision) -> PurchaseOrder:
    (order,) = purchase_orders(approvals, {"files:S1": "Harbour Street"})
    return order


def cells(order: PurchaseOrder) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(order).decode("utf-8-sig"))))


def test_each_supplier_has_one_order_and_goods_without_one_come_last() -> None:
    orders = purchase_orders(
        [
            replace(APPROVAL, decision_id="b-1", supplier_id=None, supplier=None),
            replace(APPROVAL, decision_id="c-1", supplier_id="files:V2", supplier="Bakery"),
            APPROVAL,
            replace(APPROVAL, decision_id="d-1", delivery_date=date(2025, 6, 15)),
        ]
    )
    assert [(order.supplier, [line.decision_id for line in order.lines]) for order in orders] == [
        ("Bakery", ["c-1"]),
        ("Dairy Direct", ["d-1", "a-1"]),
        ("Without supplier", ["b-1"]),
    ]


@pytest.mark.parametrize(
    "other",
    [
        replace(APPROVAL, kind="transfer", from_store_id="files:S2"),
        replace(APPROVAL, state=DraftState.REJECTED),
        replace(APPROVAL, state=DraftState.CHANGED),
    ],
)
def test_only_approved_purchases_are_ordered(other: Decision) -> None:
    assert purchase_orders([other]) == []


def test_an_order_has_the_same_number_whenever_it_is_made_and_another_for_other_approvals() -> None:
    second = replace(APPROVAL, decision_id="b-1", order_date=date(2025, 6, 15))
    assert the_order(APPROVAL, second).number == the_order(second, APPROVAL).number
    assert re.fullmatch(r"PO-20250615-[0-9A-F]{6}", the_order(APPROVAL, second).number)
    assert the_order(APPROVAL).number != the_order(replace(APPROVAL, decision_id="a-2")).number
    assert the_order(replace(APPROVAL, supplier="../Söhne & Co.")).file_stem.endswith("-s-hne-co")


def test_amounts_are_rounded_to_the_cent_and_unknown_costs_are_counted_apart() -> None:
    order = the_order(
        APPROVAL,
        replace(APPROVAL, decision_id="b-1", quantity_after=0.1 + 0.2, unit_cost=9.99),
        replace(APPROVAL, decision_id="c-1", unit_cost=None),
        replace(APPROVAL, decision_id="d-1", currency="USD"),
    )
    assert [(line.quantity, line.amount) for line in order.lines] == [
        (Decimal(12), Decimal("15.06")),
        (Decimal("0.3"), Decimal("3.00")),
        (Decimal(12), None),
        (Decimal(12), Decimal("15.06")),
    ]
    assert (order.amounts, order.lines_without_cost) == ({"EUR": Decimal("18.06"), "USD": Decimal("15.06")}, 1)
    assert order.units == Decimal("36.3")


def test_the_csv_has_a_row_per_line_and_one_of_totals_per_currency() -> None:
    header, line, total = cells(the_order(APPROVAL))
    row, sums = dict(zip(header, line, strict=True)), dict(zip(header, total, strict=True))
    assert (row["sku"], row["quantity"], row["unit_cost"], row["amount"]) == ("MILK-1", "12", "1.255", "15.06")
    assert (row["store"], row["delivery_date"], row["order_date"]) == ("Harbour Street", "2025-06-16", "2025-06-14")
    assert (sums["sku"], sums["quantity"], sums["amount"], sums["currency"]) == ("Total", "12", "15.06", "EUR")


@pytest.mark.parametrize(
    "hostile", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r\n=1+1", " =1+1", "＝1+1", "=cmd|' /C calc'!A0"]
)
def test_no_text_in_the_csv_is_a_formula(hostile: str) -> None:
    order = the_order(
        replace(APPROVAL, sku=hostile, product=hostile, supplier=hostile, supplier_id=hostile, store_id=hostile),
        replace(APPROVAL, decision_id="b-1", currency=hostile, supplier_id=hostile, supplier=hostile),
    )
    for row in cells(order):
        assert not [cell for cell in row if cell.strip().startswith(("=", "+", "-", "@", "＝"))]


def test_a_name_over_two_lines_stays_in_its_row() -> None:
    rows = cells(the_order(replace(APPROVAL, product='Milk\r\n"fresh"\x00\x1b[31m, 1 l')))
    assert rows[1][5] == 'Milk "fresh" [31m, 1 l'


def test_the_pdf_has_every_line_on_its_pages_with_names_of_many_scripts() -> None:
    names = ["Crème brûlée", "Ελιές", "Молоко", "Żurek", "<b>&amp;</b>", "{nb}", "a" * 200]
    approvals = [replace(APPROVAL, decision_id=f"{i:02}-1", sku=f"K-{i}", product=names[i % 7]) for i in range(40)]
    order = the_order(*approvals, replace(APPROVAL, decision_id="x-1", sku="FREE", unit_cost=None))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(order, "Corner Shop"))).pages]
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"{order.number} · page {number} of 3" in page
    assert all("Product Store Delivery" in " ".join(page.split()) for page in pages[:2])
    assert "41 lines" in pages[2]
    text = "".join(pages)
    assert {f"K-{i}" for i in range(40)} <= set(re.findall(r"K-\d+", text))
    assert [name for name in names[:-1] if name not in text] == []
    assert "41 lines, 492 units, 602.40 EUR" in text
    assert "lines without a known cost, not in the sum: 1" in text
