"""One small business, the same on every version of Odoo, with every trap that ../shared/sources/odoo/FACTS.md names.

Two companies: New York (USD, warehouse 1) and Paris (EUR, warehouse 2). Product 1 is a pen, bought by the dozen.
"""

from __future__ import annotations

from typing import Any

from tests.contract.odoo.fake_odoo import FakeOdoo

PEN, SHIRT_S, SHIRT_M, RICE, MENU, TIP, DOWN_PAYMENT, REWARD, DELIVERY, CHAIR = range(1, 11)
PRODUCTS: dict[int, tuple[int, str, str | bool, str, int, float]] = {
    PEN: (1, "Pen", "PEN", "goods", 1, 1.2),
    SHIRT_S: (2, "T-shirt", "TS-S", "goods", 1, 30.0),
    SHIRT_M: (2, "T-shirt", "TS-M", "goods", 1, 30.0),
    RICE: (4, "Rice", False, "goods", 3, 4.0),
    MENU: (5, "Menu", False, "combo", 1, 0.0),
    TIP: (6, "Tip", False, "service", 1, 1.0),
    DOWN_PAYMENT: (7, "Down payment", False, "service", 1, 1.0),
    REWARD: (8, "10% off", False, "service", 1, 0.0),
    DELIVERY: (9, "Delivery", False, "service", 1, 7.5),
    CHAIR: (10, "Old chair", "CHAIR", "goods", 1, 100.0),
}


def furnished(version: str) -> FakeOdoo:
    """A server of that version with the business in it."""
    fake = FakeOdoo(version)
    fake.companies = {1, 2}
    fake.put("res.users", 2, company_ids=[1, 2])
    fake.add_field("sale.order.line", "is_delivery", "boolean")
    fake.add_field("sale.order", "website_id", "many2one")
    _companies(fake)
    _products(fake)
    _tickets(fake)
    _sale_orders(fake)
    _stock(fake)
    _purchases(fake)
    return fake


def _companies(fake: FakeOdoo) -> None:
    for number, code in ((1, "USD"), (2, "EUR")):
        fake.put("res.currency", number, name=code, active=True)
    fake.put("res.partner", 1, name="New York Inc", tz="America/New_York", active=True)
    fake.put("res.partner", 2, name="Paris SARL", tz="Europe/Paris", active=True)
    email, phone = "jane@example.com", "+1 555 0100"
    fake.put("res.partner", 10, name="Jane Doe", email=email, phone=phone, active=True)
    fake.put("res.partner", 11, name="Wood Corner", supplier_rank=1, active=True)
    fake.put("res.partner", 12, name="Small Maker", active=True)
    fake.put("res.partner", 13, name="Nobody", email="nobody@example.com", active=False)
    fake.put("res.company", 1, name="New York", partner_id=1, currency_id=1, country_code="US")
    fake.put("res.company", 2, name="Paris", partner_id=2, currency_id=2, country_code="FR")
    # The base of the rates is neither company's: the dollar once was worth 2, the euro 1.6.
    fake.put("res.currency.rate", 1, name="2026-01-01", currency_id=1, rate=2.0)
    fake.put("res.currency.rate", 2, name="2026-01-01", currency_id=2, rate=1.6)
    for number, company, view, types in ((1, 1, 10, 1), (2, 2, 20, 5)):
        fake.put(
            "stock.warehouse", number, name=f"Store {number}", code=f"W{number}", company_id=company, active=True,
            view_location_id=view, in_type_id=types, out_type_id=types + 1, int_type_id=types + 2,
            pos_type_id=types + 3,
        )  # fmt: skip
    places = [(4, "supplier", "4/"), (5, "customer", "5/"), (6, "transit", "6/"), (14, "inventory", "14/")]
    places += [(10, "view", "1/10/"), (11, "internal", "1/10/11/"), (12, "internal", "1/10/11/12/")]
    places += [(20, "view", "1/20/"), (21, "internal", "1/20/21/"), (30, "internal", "1/30/")]
    for number, usage, path in places:
        company = {1: 1, 2: 2, 3: 1}.get(number // 10 if usage == "internal" else 0, False)
        fake.put("stock.location", number, usage=usage, parent_path=path, company_id=company, active=True)
    fake.put("stock.location", 16, usage="inventory", parent_path="16/", scrap_location=True, active=True)


def _products(fake: FakeOdoo) -> None:
    is_relative = fake.major >= 19
    sizes = {1: ("Units", 1, 1), 2: ("Dozens", 1 / 12, 12), 3: ("kg", 1, 1000), 4: ("g", 1000, 1)}
    for number, (name, per_reference, size) in sizes.items():
        factor = size if is_relative else per_reference
        fake.put("uom.uom", number, name=name, factor=factor, relative_factor=float(factor), active=number != 2)
    fake.put("product.category", 1, name="All")
    fake.put("product.category", 2, name="Pens / Pencils", parent_id=1)
    fake.put("account.tax", 1, amount=15.0, amount_type="percent", company_id=1, active=True)
    fake.put("account.tax", 2, amount=20.0, amount_type="percent", company_id=2, active=True, price_include=True)
    for number, (template, name, code, kind, unit, price) in PRODUCTS.items():
        kinds = {"goods": "consu" if fake.major >= 18 else "product"}
        fake.put(
            "product.template", template, name=name, categ_id=2, uom_id=unit, uom_po_id=2 if number == PEN else unit,
            list_price=price, type=kinds.get(kind, kind), detailed_type=kinds.get(kind, kind), active=number != CHAIR,
            is_storable=kind == "goods", taxes_id=[1, 2] if number == PEN else [],
        )  # fmt: skip
        shown = f"[{code}] {name}" if code else name
        shown += {SHIRT_S: " (S)", SHIRT_M: " (M)"}.get(number, "")
        fake.put(
            "product.product", number, product_tmpl_id=template, default_code=code, active=number != CHAIR,
            barcode="4006381333931" if number == PEN else False, display_name=shown, lst_price=price,
            standard_price={1: 0.5, 2: 0.6} if number == PEN else {},
        )  # fmt: skip


def ticket(fake: FakeOdoo, number: int, moment: str, *, state: str = "done", session: int = 1, **values: Any) -> None:
    """A ticket of the till; its total follows from its lines, which come with it."""
    lines, payments = values.pop("lines"), values.pop("payments", [])
    company = 2 if session == 2 else 1
    total, net = sum(line[4] for line in lines), sum(line[3] for line in lines)
    fake.put(
        "pos.order", number, date_order=moment, state=state, session_id=session, company_id=company, user_id=2,
        amount_total=total, amount_tax=total - net, config_id=2 if session == 2 else 1, **values,
    )  # fmt: skip
    for index, (product, quantity, price, line_net, line_gross, more) in enumerate(lines):
        fake.put(
            "pos.order.line", number * 10 + index, order_id=number, product_id=product, qty=quantity, price_unit=price,
            price_subtotal=line_net, price_subtotal_incl=line_gross, company_id=company, **more,
        )  # fmt: skip
    for index, (method, amount) in enumerate(payments):
        fake.put(
            "pos.payment", number * 10 + index, pos_order_id=number, payment_method_id=method, amount=amount,
            payment_date=moment, session_id=session, is_change=amount < 0,
        )  # fmt: skip


def _tickets(fake: FakeOdoo) -> None:
    for number, types in ((1, 4), (2, 8)):
        fake.put(
            "pos.config", number, name=f"Till {number}", company_id=number, picking_type_id=types, currency_id=number,
            tip_product_id=TIP, down_payment_product_id=DOWN_PAYMENT, active=True,
        )  # fmt: skip
    for number, config, rescue in ((1, 1, False), (2, 2, False), (3, 1, True)):
        fake.put("pos.session", number, config_id=config, state="closed", rescue=rescue)
    for number, name in ((1, "Cash"), (2, "Card"), (3, "Customer Account")):
        fake.put("pos.payment.method", number, name=name, active=True)
    cost = {"total_cost": 40.0, "is_total_cost_computed": True}
    ticket(
        fake, 1, "2026-02-20 23:30:00", partner_id=10, payments=[(1, 100.0), (1, -5.86)],
        lines=[(PEN, 3, 1.2, 3.6, 4.14, {}), (CHAIR, 1, 100.0, 90.0, 90.0, {"discount": 10.0, **cost})],
    )  # fmt: skip
    reward = {"is_reward_line": True, "reward_id": 1}
    rewards = [(REWARD, 1, -6.0, -6.0, -6.9, reward)] if fake.major >= 15 else []
    ticket(
        fake, 2, "2026-02-21 03:30:00", state="paid", payments=[(2, 74.0 - 6.9 * len(rewards))],
        lines=[(SHIRT_S, 2, 30.0, 60.0, 69.0, {}), (TIP, 1, 5.0, 5.0, 5.0, {}), *rewards],
    )  # fmt: skip
    # A refund at the till of 19 has positive amounts on its lines, and a negative total.
    sign = 1 if fake.major >= 19 else -1
    ticket(
        fake, 3, "2026-02-22 15:00:00", payments=[(1, -1.38)], is_refund=True,
        lines=[(PEN, -1, 1.2, 1.2 * sign, 1.38 * sign, {"refunded_orderline_id": 10})],
    )  # fmt: skip
    fake.put("pos.order", 3, amount_total=-1.38, amount_tax=-0.18)
    ticket(fake, 4, "2026-02-22 16:00:00", state="draft", lines=[(PEN, 1, 1000.0, 1000.0, 1000.0, {})])
    ticket(
        fake, 5, "2026-02-22 16:00:00", state="cancel", lines=[(PEN, 1, 1000.0, 1000.0, 1000.0, {})],
        payments=[(1, 1000.0)],
    )  # fmt: skip
    late = [(PEN, 2, 1.2, 2.4, 2.76, {})]
    ticket(fake, 6, "2026-02-01 10:00:00", session=3, lines=late, payments=[(3, 2.76)])
    ticket(fake, 7, "2026-02-21 23:30:00", session=2, lines=[(PEN, 10, 1.0, 10.0, 10.0, {})], payments=[(1, 10.0)])
    if fake.major >= 15:
        settled = {"sale_order_origin_id": 1}
        ticket(
            fake, 8, "2026-02-25 12:00:00", payments=[(2, 51.06)],
            lines=[(PEN, 12, 1.2, 14.4, 16.56, settled), (SHIRT_M, 1, 30.0, 30.0, 34.5, {})],
        )  # fmt: skip
        # A refund in the back office copies the number of the order.
        back = {"sale_order_origin_id": 1, "refunded_orderline_id": 80}
        ticket(fake, 13, "2026-02-27 11:00:00", lines=[(PEN, -2, 1.2, -2.4, -2.76, back)], payments=[(2, -2.76)])
        ahead = {"sale_order_origin_id": 2}
        ticket(fake, 9, "2026-02-25 13:00:00", lines=[(DOWN_PAYMENT, 1, 20.0, 20.0, 20.0, ahead)], payments=[(2, 20.0)])
    if fake.major >= 17:
        ticket(
            fake, 10, "2026-02-26 12:00:00", payments=[(2, 1.15)],
            lines=[(MENU, 1, 0.0, 0.0, 0.0, {}), (PEN, 1, 1.0, 1.0, 1.15, {"combo_parent_id": 100})],
        )  # fmt: skip
    state = "done" if fake.major >= 19 else "invoiced"
    ticket(fake, 12, "2026-02-27 12:00:00", state=state, lines=[(PEN, 1, 1.2, 1.2, 1.38, {})], payments=[(2, 1.38)])
    fake.put("loyalty.program", 1, name="10% off", program_type="promo_code", active=True)
    fake.put("loyalty.reward", 1, program_id=1, reward_type="discount", discount=10.0, discount_mode="percent")


def _order(
    fake: FakeOdoo, number: int, moment: str, state: str, lines: list[tuple[Any, ...]], company: int = 1, **more: Any
) -> None:
    net, total = sum(line[4] for line in lines), sum(line[5] for line in lines)
    fake.put(
        "sale.order", number, date_order=moment, state=state, company_id=company, warehouse_id=company, partner_id=10,
        currency_id=company, amount_untaxed=net, amount_total=total, **more,
    )  # fmt: skip
    for index, (product, quantity, unit, price, subtotal, gross, values) in enumerate(lines):
        fake.put(
            "sale.order.line", number * 10 + index, order_id=number, product_id=product, product_uom_qty=quantity,
            product_uom_id=unit, price_unit=price, price_subtotal=subtotal, price_total=gross, company_id=company,
            **values,
        )  # fmt: skip


def _sale_orders(fake: FakeOdoo) -> None:
    locked = "done" if fake.major < 17 else "sale"
    _order(fake, 1, "2026-02-24 10:00:00", "sale", [(PEN, 1, 2, 14.4, 14.4, 16.56, {})])
    _order(fake, 2, "2026-02-24 11:00:00", "draft", [(PEN, 1, 1, 500.0, 500.0, 500.0, {})])
    lines = [
        (RICE, 500, 4, 0.004, 2.0, 2.3, {}),
        (DELIVERY, 1, 1, 7.5, 7.5, 7.5, {"is_delivery": True}),
        (False, 0, False, 0.0, 0.0, 0.0, {"display_type": "line_section"}),
        (DOWN_PAYMENT, 0, 1, 20.0, 0.0, 0.0, {"is_downpayment": True}),
    ]
    _order(fake, 3, "2026-02-26 10:00:00", locked, lines)
    _order(fake, 4, "2026-02-26 11:00:00", "cancel", [(PEN, 1, 1, 500.0, 500.0, 500.0, {})])
    _order(fake, 5, "2026-02-27 10:00:00", "sale", [(SHIRT_S, 1, 1, 25.0, 25.0, 30.0, {})], company=2, website_id=1)


def _move(fake: FakeOdoo, number: int, product: int, quantity: float, start: int, end: int, **values: Any) -> None:
    # Up to 16 the demand of a done move is what was done; from 17 on it may be more.
    demand = quantity if fake.major < 17 else quantity + 1
    more = {"state": "done", "date": "2026-02-15 12:00:00", "product_uom": 1, **values}
    fake.put(
        "stock.move", number, product_id=product, product_uom_qty=demand, quantity=quantity, location_id=start,
        location_dest_id=end, **more,
    )  # fmt: skip
    if fake.major < 17:
        fake.put("stock.move", number, product_uom_qty=quantity)


def _stock(fake: FakeOdoo) -> None:
    quants = [
        (PEN, 11, 40, 5),
        (PEN, 12, 10, 0),
        (PEN, 30, 3, 0),
        (PEN, 5, -100, 0),
        (PEN, 21, -4, 0),
        (SHIRT_S, 11, 7, 0),
    ]
    for number, (product, place, quantity, reserved) in enumerate(quants, start=1):
        fake.put("stock.quant", number, product_id=product, location_id=place, quantity=quantity)
        fake.put("stock.quant", number, reserved_quantity=reserved)
    fake.put("stock.picking", 1, pos_order_id=1)
    _move(fake, 1, PEN, 2, 4, 11, product_uom=2, purchase_line_id=1, date="2026-02-10 09:00:00")
    _move(fake, 2, PEN, 3, 11, 5, picking_id=1, date="2026-03-01 08:00:00")
    _move(fake, 3, PEN, 1, 5, 11)
    _move(fake, 4, PEN, 2, 11, 16, scrapped=True, scrap_id=1)
    _move(fake, 5, PEN, 4, 14, 11, is_inventory=True)
    _move(fake, 6, PEN, 5, 11, 21)
    _move(fake, 7, PEN, 6, 11, 12)
    _move(fake, 8, PEN, 1, 4, 11, product_uom=2, purchase_line_id=1, state="assigned")
    _move(fake, 9, PEN, 1, 11, 4, purchase_line_id=1, date="2026-02-11 09:00:00")
    _move(fake, 10, PEN, 2, 11, 6)
    _move(fake, 11, SHIRT_S, 5, 4, 11, purchase_line_id=2)
    # Counted in and scrapped again: Odoo deletes the quant.
    _move(fake, 12, SHIRT_M, 6, 14, 11, is_inventory=True)
    _move(fake, 13, SHIRT_M, 6, 11, 16, scrapped=True, scrap_id=2)


def _purchases(fake: FakeOdoo) -> None:
    locked = "done" if fake.major < 19 else "purchase"
    orders = {1: "purchase", 2: "draft", 3: locked, 4: "cancel"}
    for number, state in orders.items():
        approved = "2026-02-08 09:00:00" if state in {"purchase", "done"} else False
        fake.put(
            "purchase.order", number, state=state, date_order="2026-02-07 09:00:00", date_approve=approved,
            date_planned="2026-02-12 09:00:00", partner_id=11, company_id=1, currency_id=1, picking_type_id=1,
        )  # fmt: skip
    fake.put(
        "purchase.order.line", 1, order_id=1, product_id=PEN, product_qty=3, qty_received=2, product_uom_id=2,
        price_unit=6.0, price_subtotal=18.0, company_id=1,
    )  # fmt: skip
    fake.put(
        "purchase.order.line", 2, order_id=3, product_id=SHIRT_S, product_qty=5, qty_received=5, product_uom_id=1,
        price_unit=10.0, price_subtotal=45.0, company_id=1,
    )  # fmt: skip
    terms = {"currency_id": 1, "sequence": 1}
    fake.put(
        "product.supplierinfo", 1, partner_id=11, product_tmpl_id=1, delay=3, min_qty=1, price=6.0, product_uom_id=2,
        **{**terms, "sequence": 2},
    )  # fmt: skip
    fake.put("product.supplierinfo", 2, partner_id=11, product_tmpl_id=1, delay=0, price=6.6, product_uom_id=2, **terms)
    fake.put(
        "product.supplierinfo", 3, partner_id=12, product_tmpl_id=2, product_id=SHIRT_S, delay=0, price=9.0,
        product_uom_id=1, **terms,
    )  # fmt: skip
