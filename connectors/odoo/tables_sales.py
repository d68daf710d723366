"""Raw tables of sales: the till's tickets and sale orders, and what they name."""

from __future__ import annotations

from typing import Final

from connectors.odoo.declare import CREATED, computed, needed, odoo_table, wanted

POS_ORDER_LINE: Final = odoo_table(
    "pos.order.line",
    ("sale_lines",),
    "lines of tickets",
    {
        "order_id": needed("integer", "order_id"),
        "product_id": needed("integer", "product_id"),
        "qty": needed("decimal", "qty"),
        "price_unit": needed("decimal", "price_unit"),
        "discount": needed("decimal", "discount"),
        "price_subtotal": needed("decimal", "price_subtotal"),
        "price_subtotal_incl": needed("decimal", "price_subtotal_incl"),
        "total_cost": wanted("decimal", "total_cost"),
        "is_total_cost_computed": wanted("boolean", "is_total_cost_computed"),
        "tax_ids": wanted("text", "tax_ids"),
        "refunded_orderline_id": wanted("integer", "refunded_orderline_id"),
        "combo_parent_id": wanted("integer", "combo_parent_id"),
        "is_reward_line": wanted("boolean", "is_reward_line", "is_program_reward"),
        "reward_id": wanted("integer", "reward_id"),
        "sale_order_origin_id": wanted("integer", "sale_order_origin_id"),
    },
    strategy="keyed",
)

POS_PAYMENT: Final = odoo_table(
    "pos.payment",
    ("payments",),
    "payments at the till",
    {
        "pos_order_id": needed("integer", "pos_order_id"),
        "payment_method_id": needed("integer", "payment_method_id"),
        "amount": needed("decimal", "amount"),
        "payment_date": needed("timestamp", "payment_date"),
        "is_change": wanted("boolean", "is_change"),
    },
    strategy="keyed",
)

POS_ORDER: Final = odoo_table(
    "pos.order",
    ("sales",),
    "tickets",
    {
        "date_order": needed("timestamp", "date_order"),
        "state": needed("text", "state"),
        "session_id": needed("integer", "session_id"),
        "company_id": needed("integer", "company_id"),
        "partner_id": wanted("integer", "partner_id"),
        "user_id": wanted("integer", "user_id"),
        "amount_total": needed("decimal", "amount_total"),
        "amount_tax": needed("decimal", "amount_tax"),
        "is_refund": wanted("boolean", "is_refund"),
    },
    strategy="keyed",
)

POS_SESSION: Final = odoo_table(
    "pos.session",
    ("sales",),
    "sessions of tills, which name the till of a ticket",
    {
        "config_id": needed("integer", "config_id"),
        "state": needed("text", "state"),
        "start_at": wanted("timestamp", "start_at"),
        "stop_at": wanted("timestamp", "stop_at"),
        "rescue": wanted("boolean", "rescue"),
        "update_stock_at_closing": wanted("boolean", "update_stock_at_closing"),
    },
    strategy="keyed",
)

POS_CONFIG: Final = odoo_table(
    "pos.config",
    ("sales",),
    "tills, which name the store of a ticket",
    {
        "name": needed("text", "name"),
        "company_id": needed("integer", "company_id"),
        "picking_type_id": needed("integer", "picking_type_id"),
        "currency_id": computed("integer", "currency_id"),
        "tip_product_id": wanted("integer", "tip_product_id"),
        "down_payment_product_id": wanted("integer", "down_payment_product_id"),
        "discount_product_id": wanted("integer", "discount_product_id"),
        "active": wanted("boolean", "active"),
    },
)

POS_PAYMENT_METHOD: Final = odoo_table(
    "pos.payment.method",
    ("payments",),
    "names of payment methods",
    {
        "name": needed("text", "name"),
        "type": computed("text", "type"),
        "is_cash_count": wanted("boolean", "is_cash_count"),
        "active": wanted("boolean", "active"),
    },
)

SALE_ORDER_LINE: Final = odoo_table(
    "sale.order.line",
    ("sale_lines",),
    "lines of sale orders",
    {
        "order_id": needed("integer", "order_id"),
        "product_id": needed("integer", "product_id"),
        "product_uom_qty": needed("decimal", "product_uom_qty"),
        "product_uom_id": needed("integer", "product_uom_id", "product_uom"),
        "price_unit": needed("decimal", "price_unit"),
        "discount": wanted("decimal", "discount"),
        "price_subtotal": needed("decimal", "price_subtotal"),
        "price_total": needed("decimal", "price_total"),
        "purchase_price": wanted("decimal", "purchase_price"),
        "display_type": wanted("text", "display_type"),
        "tax_ids": wanted("text", "tax_ids", "tax_id"),
        "is_downpayment": wanted("boolean", "is_downpayment"),
        "is_delivery": wanted("boolean", "is_delivery"),
        "is_reward_line": wanted("boolean", "is_reward_line", "is_program_reward"),
        "reward_id": wanted("integer", "reward_id"),
    },
    strategy="keyed",
)

SALE_ORDER: Final = odoo_table(
    "sale.order",
    ("sales",),
    "sale orders",
    {
        "date_order": needed("timestamp", "date_order"),
        "state": needed("text", "state"),
        "company_id": needed("integer", "company_id"),
        "partner_id": wanted("integer", "partner_id"),
        "user_id": wanted("integer", "user_id"),
        "warehouse_id": wanted("integer", "warehouse_id"),
        "currency_id": needed("integer", "currency_id"),
        "website_id": wanted("integer", "website_id"),
        "amount_untaxed": needed("decimal", "amount_untaxed"),
        "amount_total": needed("decimal", "amount_total"),
    },
    strategy="keyed",
)

LOYALTY_PROGRAM: Final = odoo_table(
    "loyalty.program",
    ("promotions",),
    "promotions",
    {
        "name": needed("text", "name"),
        "program_type": wanted("text", "program_type"),
        "date_from": wanted("date", "date_from"),
        "date_to": wanted("date", "date_to"),
        "create_date": CREATED,
        "active": wanted("boolean", "active"),
    },
)

LOYALTY_REWARD: Final = odoo_table(
    "loyalty.reward",
    ("promotions",),
    "which promotion a reward line belongs to",
    {
        "program_id": needed("integer", "program_id"),
        "reward_type": wanted("text", "reward_type"),
        "discount": wanted("decimal", "discount"),
        "discount_mode": wanted("text", "discount_mode"),
    },
)

SALES_TABLES: Final = (
    POS_ORDER_LINE,
    POS_PAYMENT,
    POS_ORDER,
    POS_SESSION,
    POS_CONFIG,
    POS_PAYMENT_METHOD,
    SALE_ORDER_LINE,
    SALE_ORDER,
    LOYALTY_PROGRAM,
    LOYALTY_REWARD,
)
"""Lines and payments before the documents that they belong to."""
