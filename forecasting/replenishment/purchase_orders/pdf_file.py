"""A purchase order as PDF, to print or to mail, in DejaVu Sans: Latin, Greek, Cyrillic and more, but no Chinese."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from forecasting.replenishment.purchase_orders.orders import OrderLine, PurchaseOrder

if TYPE_CHECKING:
    from fpdf import FPDF

FONT: Final = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_PAGES: Final = "{number of pages}"
"""What fpdf2 replaces once it knows; its own `{nb}` is short enough to be in a name."""
_FAMILY: Final = "DejaVu"
_HEADINGS: Final = ("SKU", "Product", "Store", "Delivery", "Quantity", "Unit cost", "Amount")
_WIDTHS: Final = (22, 52, 30, 22, 18, 20, 24)
"""Millimetres; 188 together, what A4 leaves between its margins."""


def to_pdf(order: PurchaseOrder, buyer: str | None = None) -> bytes:
    """The order on A4 pages.

    Args:
        order: The order.
        buyer: Who orders; null leaves the line out.
    """
    from fpdf import FPDF

    class _Page(FPDF):
        def footer(self) -> None:
            """Say on every page which order it belongs to."""
            self.set_y(-14)
            self.set_font(_FAMILY, size=8)
            self.cell(0, 6, f"{order.number} · page {self.page_no()} of {_PAGES}", align="C")

    page = _Page(format="A4")
    page.alias_nb_pages(_PAGES)
    page.set_creation_date(datetime.combine(order.ordered_on, time(), UTC))
    page.set_title(f"Purchase order {order.number}")
    page.set_margin(11)
    page.set_auto_page_break(True, margin=18)
    page.add_font(_FAMILY, fname=FONT)
    page.set_font(_FAMILY)
    page.set_text_shaping(True)  # joins Arabic letters, and writes right to left what is read so
    page.add_page()
    _write_head(page, order, buyer)
    _write_lines(page, order)
    _write_totals(page, order)
    return bytes(page.output())


def _write_head(page: FPDF, order: PurchaseOrder, buyer: str | None) -> None:
    page.set_font(_FAMILY, size=16)
    page.cell(0, 10, f"Purchase order {order.number}", new_x="LMARGIN", new_y="NEXT")
    page.set_font(_FAMILY, size=10)
    lines = [f"To: {order.supplier}", f"Date: {order.ordered_on.isoformat()}"]
    if buyer:
        lines.insert(0, f"From: {buyer}")
    page.multi_cell(0, 6, "\n".join(lines), new_x="LMARGIN", new_y="NEXT")
    page.ln(4)


def _write_lines(page: FPDF, order: PurchaseOrder) -> None:
    from fpdf.fonts import FontFace

    page.set_font(_FAMILY, size=8.5)
    aligned = ("LEFT",) * 4 + ("RIGHT",) * 3
    heading = FontFace(fill_color=(232, 236, 240))
    with page.table(
        width=sum(_WIDTHS),
        col_widths=_WIDTHS,
        text_align=aligned,
        headings_style=heading,
        borders_layout="HORIZONTAL_LINES",
        line_height=5,
        padding=1,
    ) as table:
        table.row(_HEADINGS)
        for line in order.lines:
            table.row(_cells(line))
    page.ln(4)


def _cells(line: OrderLine) -> tuple[str, ...]:
    unit_cost = "" if line.unit_cost is None else f"{line.unit_cost:,f}"
    amount = "" if line.amount is None else _money(line.amount, line.currency)
    delivery = line.delivery_date.isoformat()
    return line.sku, line.product, line.store, delivery, f"{line.quantity:,f}", unit_cost, amount


def _write_totals(page: FPDF, order: PurchaseOrder) -> None:
    if page.will_page_break(13):  # both lines on one page
        page.add_page()
    page.set_font(_FAMILY, size=11)
    totals = " + ".join(_money(amount, currency) for currency, amount in order.amounts.items()) or "cost unknown"
    page.cell(
        0, 7, f"{len(order.lines)} lines, {order.units:,f} units, {totals}", align="R", new_x="LMARGIN", new_y="NEXT"
    )
    if order.amounts and order.lines_without_cost:
        page.set_font(_FAMILY, size=9)
        without = f"lines without a known cost, not in the sum: {order.lines_without_cost}"
        page.cell(0, 6, without, align="R", new_x="LMARGIN", new_y="NEXT")


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}".rstrip()
