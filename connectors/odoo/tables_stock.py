"""Raw tables of stock and purchasing."""

from __future__ import annotations

from typing import Final

from connectors.odoo.declare import CREATED, needed, odoo_table, wanted

STOCK_WAREHOUSE: Final = odoo_table(
    "stock.warehouse",
    ("stores",),
    "stores, which are Odoo's warehouses",
    {
        "name": needed("text", "name"),
        "code": wanted("text", "code"),
        "company_id": needed("integer", "company_id"),
        "view_location_id": needed("integer", "view_location_id"),
        "in_type_id": wanted("integer", "in_type_id"),
        "out_type_id": wanted("integer", "out_type_id"),
        "int_type_id": wanted("integer", "int_type_id"),
        "pos_type_id": wanted("integer", "pos_type_id"),
        "active": wanted("boolean", "active"),
        "create_date": CREATED,
    },
)

STOCK_PICKING_TYPE: Final = odoo_table(
    "stock.picking.type",
    ("stores",),
    "the store of tills and receipts with an operation type of their own",
    {"warehouse_id": wanted("integer", "warehouse_id"), "code": wanted("text", "code")},
)

STOCK_LOCATION: Final = odoo_table(
    "stock.location",
    ("stock_levels", "stock_movements"),
    "stock levels and stock movements",
    {
        "usage": needed("text", "usage"),
        "parent_path": wanted("text", "parent_path"),
        "warehouse_id": wanted("integer", "warehouse_id"),
        "company_id": wanted("integer", "company_id"),
        "scrap_location": wanted("boolean", "scrap_location"),
    },
)

STOCK_QUANT: Final = odoo_table(
    "stock.quant",
    ("stock_levels",),
    "stock levels",
    {
        "product_id": needed("integer", "product_id"),
        "location_id": needed("integer", "location_id"),
        "quantity": needed("decimal", "quantity"),
        "reserved_quantity": wanted("decimal", "reserved_quantity"),
    },
    domain=(["location_id.usage", "=", "internal"],),
)

STOCK_MOVE: Final = odoo_table(
    "stock.move",
    ("stock_movements", "receipts"),
    "stock movements and receipts of goods",
    {
        "product_id": needed("integer", "product_id"),
        # Up to 16 a done move's demand is what was moved; from 17 on demand and quantity are apart.
        "quantity": needed("decimal", "quantity", "quantity_done", "product_uom_qty"),
        "product_uom_id": needed("integer", "product_uom", "product_uom_id"),
        "state": needed("text", "state"),
        "date": needed("timestamp", "date"),
        "location_id": needed("integer", "location_id"),
        "location_dest_id": needed("integer", "location_dest_id"),
        "picking_id": wanted("integer", "picking_id"),
        "reference": wanted("text", "reference"),
        "is_inventory": wanted("boolean", "is_inventory"),
        "inventory_id": wanted("integer", "inventory_id"),
        "scrapped": wanted("boolean", "scrapped"),
        "scrap_id": wanted("integer", "scrap_id"),
        "origin_returned_move_id": wanted("integer", "origin_returned_move_id"),
        "purchase_line_id": wanted("integer", "purchase_line_id"),
        "sale_line_id": wanted("integer", "sale_line_id"),
    },
    strategy="keyed",
)

STOCK_PICKING: Final = odoo_table(
    "stock.picking",
    ("stock_movements",),
    "the ticket behind a stock movement, and so its true time",
    {
        "pos_order_id": wanted("integer", "pos_order_id"),
        "pos_session_id": wanted("integer", "pos_session_id"),
    },
    strategy="keyed",
)

PURCHASE_ORDER_LINE: Final = odoo_table(
    "purchase.order.line",
    ("purchase_order_lines",),
    "lines of purchase orders",
    {
        "order_id": needed("integer", "order_id"),
        "product_id": wanted("integer", "product_id"),
        "product_qty": needed("decimal", "product_qty"),
        "qty_received": needed("decimal", "qty_received"),
        "product_uom_id": needed("integer", "product_uom_id", "product_uom"),
        "price_unit": needed("decimal", "price_unit"),
        "price_subtotal": needed("decimal", "price_subtotal"),
        "display_type": wanted("text", "display_type"),
    },
    strategy="keyed",
)

PURCHASE_ORDER: Final = odoo_table(
    "purchase.order",
    ("purchase_orders",),
    "purchase orders and their lead times",
    {
        "state": needed("text", "state"),
        "date_order": needed("timestamp", "date_order"),
        "date_approve": wanted("timestamp", "date_approve"),
        "date_planned": wanted("timestamp", "date_planned"),
        "partner_id": needed("integer", "partner_id"),
        "company_id": needed("integer", "company_id"),
        "currency_id": needed("integer", "currency_id"),
        "picking_type_id": wanted("integer", "picking_type_id"),
    },
    strategy="keyed",
)

PRODUCT_SUPPLIERINFO: Final = odoo_table(
    "product.supplierinfo",
    ("supplier_terms",),
    "terms of suppliers: planned lead times, costs and smallest quantities",
    {
        "partner_id": needed("integer", "partner_id", "name"),
        "product_id": wanted("integer", "product_id"),
        "product_tmpl_id": wanted("integer", "product_tmpl_id"),
        # Up to 18 a related field, the purchase unit of the product, which the template tells.
        "product_uom_id": wanted("integer", "product_uom_id"),
        "delay": needed("integer", "delay"),
        "min_qty": wanted("decimal", "min_qty"),
        "price": wanted("decimal", "price"),
        "discount": wanted("decimal", "discount"),
        "currency_id": wanted("integer", "currency_id"),
        "sequence": wanted("integer", "sequence"),
        "date_start": wanted("date", "date_start"),
        "date_end": wanted("date", "date_end"),
    },
)

STOCK_TABLES: Final = (
    STOCK_WAREHOUSE,
    STOCK_PICKING_TYPE,
    STOCK_LOCATION,
    STOCK_QUANT,
    STOCK_MOVE,
    STOCK_PICKING,
    PURCHASE_ORDER_LINE,
    PURCHASE_ORDER,
    PRODUCT_SUPPLIERINFO,
)
