"""A shop of two stores and three products, small enough to reckon by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evals.gold.raw import RawFiles

TODAY = date(2026, 3, 12)

_FILES = {
    "workspace.json": '{"as_of_at": "2026-03-12T20:00:00Z", "default_time_zone": "America/New_York"}',
    "incoming/stores.csv": "store_id,name,time_zone\nA,North,America/New_York\nB,West,America/Chicago\n",
    "incoming/suppliers.csv": "supplier_id,name\nV1,Farm\nV2,Mill\n",
    "incoming/supplier_terms.csv": (
        "supplier_id,product_id,lead_time_days,is_preferred\nV1,P1,2,true\nV2,P1,5,false\nV2,P2,4,true\n"
    ),
    "incoming/products.csv": (
        "product_id,sku,name,category_path,brand,cost,list_price,is_active,launched_date\n"
        "P1,K-1,Apples,Food > Fruit,Red,1.00,2.00,true,2020-01-01\n"
        "P2,K-2,Bread,Food,Brown,2.00,3.00,true,2020-01-01\n"
        "P9,K-9,Delivery,,,,,true,\n"
    ),
    "incoming/sales.csv": (
        "sale_id,store_id,sold_at,customer_id,channel,status\n"
        "1,A,2026-03-11T15:00:00Z,C1,pos,completed\n"
        "2,A,2026-03-12T03:30:00Z,,pos,completed\n"  # late evening of the 11th in New York
        "3,B,2026-03-12T16:00:00Z,C2,online,completed\n"
        "4,B,2026-03-12T16:00:00Z,C2,pos,cancelled\n"
        "5,A,2026-03-12T17:00:00Z,C1,pos,completed\n"
    ),
    "incoming/sale_lines.csv": (
        "sale_line_id,sale_id,store_id,product_id,sold_at,quantity,net_amount,tax_amount,gross_amount,"
        "discount_amount,unit_cost,promotion_id,customer_id,channel,line_type\n"
        "1-1,1,A,P1,2026-03-11T15:00:00Z,3,6.00,0.60,6.60,0.00,1.00,,C1,pos,goods\n"
        "1-2,1,A,P2,2026-03-11T15:00:00Z,1,2.50,0.25,2.75,0.50,,,C1,pos,goods\n"
        "2-1,2,A,P1,2026-03-12T03:30:00Z,1,2.00,0.20,2.20,0.00,1.00,,,pos,goods\n"
        "3-1,3,B,P2,2026-03-12T16:00:00Z,2,6.00,0.60,6.60,0.00,2.00,,C2,online,goods\n"
        "3-2,3,B,P9,2026-03-12T16:00:00Z,1,4.95,0.00,4.95,0.00,,,C2,online,charge\n"
        "3-3,3,B,P9,2026-03-12T16:00:00Z,1,-1.00,0.00,-1.00,0.00,,,C2,online,discount\n"
        "4-1,4,B,P1,2026-03-12T16:00:00Z,9,18.00,1.80,19.80,0.00,1.00,,C2,pos,goods\n"
        "5-1,5,A,P1,2026-03-12T17:00:00Z,-1,-2.00,-0.20,-2.20,0.00,1.00,,C1,pos,goods\n"
    ),
    "incoming/stock_movements.csv": (
        "store_id,product_id,moved_at,quantity,movement_type\n"
        "A,P1,2026-03-09T15:00:00Z,4,opening\n"
        "A,P1,2026-03-11T15:00:00Z,-3,sale\n"
        "A,P1,2026-03-12T03:30:00Z,-1,sale\n"
        "B,P2,2026-03-10T15:00:00Z,5,opening\n"
    ),
}


@pytest.fixture
def raw(tmp_path: Path) -> RawFiles:
    (tmp_path / "incoming").mkdir()
    for name, text in _FILES.items():
        (tmp_path / name).write_text(text)
    return RawFiles(tmp_path)
