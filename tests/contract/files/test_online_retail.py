"""Two years of a real shop through the mapping of docs/examples."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

REPOSITORY = Path(__file__).parents[3]
DATA = REPOSITORY.parent / "shared" / "data" / "online_retail_ii.parquet"


@pytest.mark.skipif(not DATA.exists(), reason="the data set may not be bundled; it lies beside the checkout or nowhere")
def test_every_line_of_online_retail_ii_is_accounted_for(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(mapping=Path("online_retail.yaml"))
    shutil.copy(REPOSITORY / "connectors" / "files" / "presets" / "online_retail.yaml", shop.workspace.root)
    shutil.copy(DATA, shop.workspace.incoming)
    report = shop.load()
    lines = report.tables["sale_lines"]
    assert report.errors == []
    assert (lines.read, lines.accepted, lines.quarantined) == (1_067_371, 1_067_371, 0)
    assert lines.exact_duplicates == 34_335
    assert shop.rows("SELECT read, accepted + quarantined FROM raw_files.loads WHERE table_name = 'sale_lines'") == [
        (1_067_371, 1_067_371)
    ]
    assert shop.rows(
        "SELECT count(*), count(DISTINCT sale_line_id), count(DISTINCT sale_id), count(*) FILTER (customer_id IS NULL),"
        " count(*) FILTER (starts_with(sale_id, 'C')) FROM raw_files.sale_lines"
    ) == [(1_067_371, 1_067_371, 53_628, 243_007, 19_494)]
    assert report.tables["products"].accepted == 5_304
    assert report.tables["customers"].accepted == 5_942
    kinds = shop.rows("SELECT line_type, count(*), sum(net_amount) FROM raw_files.sale_lines GROUP BY 1 ORDER BY 1")
    assert kinds == [
        ("adjustment", 6_202 + 14, Decimal("203.5")),
        ("charge", 5_593 + 78, Decimal("-83093.4190")),
        ("discount", 177, Decimal("-13484.54")),
        ("goods", 1_055_307, Decimal("19383625.0270")),
    ]
