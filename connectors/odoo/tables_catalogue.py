"""Raw tables of products, partners, companies and currencies."""

from __future__ import annotations

from typing import Final

from connectors.incremental import RawTable
from connectors.odoo.declare import CREATED, computed, needed, odoo_table, wanted
from connectors.odoo.fields import OdooTable

PRODUCT_PRODUCT: Final = odoo_table(
    "product.product",
    ("products",),
    "products",
    {
        "product_tmpl_id": needed("integer", "product_tmpl_id"),
        "default_code": wanted("text", "default_code"),
        "barcode": wanted("text", "barcode"),
        "active": wanted("boolean", "active"),
        "variant_value_ids": wanted(
            "text", "product_template_variant_value_ids", "product_template_attribute_value_ids"
        ),
    },
    strategy="keyed",
    is_required=True,
)

PRODUCT_TEMPLATE: Final = odoo_table(
    "product.template",
    ("products",),
    "names, categories and units of products",
    {
        "name": needed("text", "name"),
        "categ_id": wanted("integer", "categ_id"),
        "uom_id": needed("integer", "uom_id"),
        "uom_po_id": wanted("integer", "uom_po_id"),
        "list_price": needed("decimal", "list_price"),
        "type": needed("text", "detailed_type", "type"),
        "is_storable": wanted("boolean", "is_storable"),
        "taxes_id": wanted("text", "taxes_id"),
        "company_id": wanted("integer", "company_id"),
        "active": wanted("boolean", "active"),
    },
    strategy="keyed",
    is_required=True,
)

PRODUCT_COST: Final = OdooTable(
    RawTable(
        "product_cost",
        "product.product (costs)",
        ("products",),
        {
            "company_id": "integer",
            "product_id": "integer",
            "standard_price": "decimal",
            "list_price": "decimal",
            "display_name": "text",
        },
        ("company_id", "product_id"),
        "whole",
    ),
    "product.product",
    {
        "product_id": needed("integer", "id"),
        "standard_price": computed("decimal", "standard_price"),
        "list_price": computed("decimal", "lst_price"),
        "display_name": computed("text", "display_name"),
    },
    "costs of products",
)
"""What Odoo computes of a product: its cost in each company, the price and the name of the variant."""

PRODUCT_CATEGORY: Final = odoo_table(
    "product.category",
    ("products",),
    "categories",
    {"name": needed("text", "name"), "parent_id": wanted("integer", "parent_id")},
)

UOM: Final = odoo_table(
    "uom.uom",
    ("products",),
    "units of measure, without which quantities in dozens or grams cannot be converted",
    {
        "name": needed("text", "name"),
        "factor": needed("text", "factor"),
        "relative_factor": wanted("text", "relative_factor"),
    },
    is_required=True,
    made={"size": "text"},
)

ACCOUNT_TAX: Final = odoo_table(
    "account.tax",
    ("products",),
    "tax rates of products",
    {
        "amount": needed("decimal", "amount"),
        "amount_type": needed("text", "amount_type"),
        "price_include": computed("boolean", "price_include"),
        "company_id": wanted("integer", "company_id"),
    },
)

RES_COMPANY: Final = odoo_table(
    "res.company",
    ("stores",),
    "companies",
    {
        "name": needed("text", "name"),
        "partner_id": needed("integer", "partner_id"),
        "currency_id": needed("integer", "currency_id"),
        "country_code": computed("text", "country_code"),
    },
    is_required=True,
    made={"time_zone": "text"},
)

RES_CURRENCY: Final = odoo_table(
    "res.currency",
    ("exchange_rates",),
    "codes of currencies",
    {"name": needed("text", "name")},
    is_required=True,
)

RES_CURRENCY_RATE: Final = odoo_table(
    "res.currency.rate",
    ("exchange_rates",),
    "exchange rates",
    {
        "currency_id": needed("integer", "currency_id"),
        "company_id": wanted("integer", "company_id"),
        "rate": needed("text", "rate"),
        "name": needed("date", "name"),
    },
)

SUPPLIER: Final = odoo_table(
    "res.partner",
    ("suppliers",),
    "names of suppliers",
    {"name": needed("text", "name")},
    part="supplier",
    is_personal=True,
)

RES_PARTNER: Final = odoo_table(
    "res.partner",
    ("customers",),
    "customers",
    {
        "customer_rank": wanted("integer", "customer_rank"),
        "create_date": CREATED,
        "name": wanted("text", "name"),
        "email": wanted("text", "email"),
        "phone": wanted("text", "phone"),
        "mobile": wanted("text", "mobile"),
    },
    strategy="keyed",
    made={"email_hash": "text", "phone_hash": "text"},
    is_personal=True,
)

CATALOGUE_TABLES: Final = (
    PRODUCT_PRODUCT,
    PRODUCT_TEMPLATE,
    PRODUCT_COST,
    PRODUCT_CATEGORY,
    UOM,
    ACCOUNT_TAX,
    RES_COMPANY,
    RES_CURRENCY,
    RES_CURRENCY_RATE,
    SUPPLIER,
    RES_PARTNER,
)
