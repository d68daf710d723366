"""One small sample chain for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.sample import SampleSummary, generate


@dataclass(frozen=True)
class Sample:
    """A generated sample chain, with a table per file and a view over the true demand."""

    folder: Path
    summary: SampleSummary
    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def value(self, query: str) -> Any:
        return self.rows(query)[0][0]


def opened(folder: Path, summary: SampleSummary) -> Sample:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for path in folder.iterdir():
        connection.execute(f"create table {path.stem} as from read_csv('{path}', sample_size = -1)")
        for name, kind, *_ in connection.execute(f"describe {path.stem}").fetchall():
            if kind == "DOUBLE":
                connection.execute(f"alter table {path.stem} alter {name} type decimal(18, 4)")
    connection.execute(f"create view truth as from '{folder.parent / 'truth' / 'true_demand.parquet'}'")
    connection.execute(
        """
        create view counted_lines as
            select l.*, s.status, s.sold_at as ticket_at, timezone(st.time_zone, l.sold_at)::date as business_date
            from sale_lines l join sales s using (sale_id) join stores st on st.store_id = l.store_id
            where s.status = 'completed';
        create view movement_days as
            select m.*, timezone(st.time_zone, m.moved_at)::date as business_date
            from stock_movements m join stores st using (store_id);
        create view closings as
            select store_id, product_id, business_date, sum(quantity) as change,
                sum(sum(quantity)) over (partition by store_id, product_id order by business_date) as on_hand
            from (
                select store_id, product_id, business_date, quantity from movement_days
                union all select store_id, product_id, business_date, 0 from truth
            )
            group by store_id, product_id, business_date
        """
    )
    return Sample(folder, summary, connection)


@pytest.fixture(scope="session")
def make_sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sample]:
    """Generates a small sample chain into a folder of its own and opens it."""

    def make(as_of_at: datetime, **options: Any) -> Sample:
        folder = tmp_path_factory.mktemp("sample") / "incoming"
        return opened(folder, generate(folder, as_of_at=as_of_at, **({"size": "small"} | options)))

    return make


@pytest.fixture(scope="session")
def as_of_at() -> datetime:
    return datetime(2025, 1, 14, 20, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample(make_sample: Callable[..., Sample], as_of_at: datetime) -> Sample:
    return make_sample(as_of_at)
