"""What is true of a workspace, for every check: metrics, periods, and the published planning tables, read once."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd

from evals.gold import history, measures
from evals.gold.periods import Days
from evals.gold.raw import RawFiles
from retail.workspace import Workspace

_TABLES: Final = ("fct_stock_risk", "fct_reorder_drafts", "fct_demand_totals", "fct_lead_times")
"""Forecasts are not judged here: what answers say of them has to be what was published."""
_DECIDED: Final = ("approved", "rejected", "snoozed")

Values = Mapping[str, Sequence[str]]


class Truth:
    """What is true of one workspace.

    Opens the published file with DuckDB and lets it go again, so make it before the product opens the same file.

    Attributes:
        raw: The raw files.
        published: Published planning tables by name, with names of stores and products.
    """

    def __init__(self, root: Path) -> None:
        self.raw = RawFiles(root)
        self.published = {name: self._described(frame) for name, frame in _published(root).items()}
        self._decided = _decided(root)
        self._known: dict[tuple[Any, ...], pd.Series[Any]] = {}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Names of stores and products by id, id with source, and SKU."""
        stores, products = self.raw.stores, self.raw.products
        found = {str(key): str(name) for key, name in stores["name"].items()}
        found |= {f"files:{key}": name for key, name in found.items()}
        for frame_key in (products.index, "files:" + products.index, products["sku"]):
            found |= {str(key): str(name) for key, name in zip(frame_key, products["product"], strict=True)}
        return found

    def table(self, measure: str, by: Sequence[str], where: Values, period: Days | None) -> pd.Series[Any]:
        """Values of a metric, indexed by what it is split by; rows about nothing are left out."""
        asked = (measure, tuple(by), tuple(sorted((k, tuple(v)) for k, v in where.items())), period)
        if asked not in self._known:
            found = measures.table(self.raw, measure, by, where, None if measures.is_present(measure) else period)
            self._known[asked] = found.dropna()
        return self._known[asked]

    def total(self, measure: str, where: Values, period: Days | None) -> float:
        """A metric without a split; zero where there is nothing."""
        found = self.table(measure, (), where, period)
        return float(found.iloc[0]) if len(found) else 0.0

    def planning(self, name: str, where: Values) -> pd.DataFrame:
        """Rows of a published planning table."""
        frame = self.published[name]
        for dimension, values in where.items():
            frame = frame[frame[dimension].isin(list(values))]
        return frame

    @cached_property
    def rates(self) -> pd.DataFrame:
        """Mean daily units of every product in every store, over days in stock."""
        return history.daily_rates(self.raw)

    def drafts(self, where: Values) -> pd.DataFrame:
        """Drafts that nobody has decided on."""
        found = self.planning("fct_reorder_drafts", where)
        return found[~found["draft_id"].isin(self._decided)]

    def _described(self, frame: pd.DataFrame) -> pd.DataFrame:
        if "product_id" not in frame:
            return frame
        products = self.raw.products
        ids = frame["product_id"].astype("str").str.removeprefix("files:")
        described = frame.assign(store=frame["store_id"].map(lambda key: self.labels.get(str(key))))
        for name in ("product", "department", "category", "brand"):
            described[name] = ids.map(products[name])
        if "supplier" not in described:
            described["supplier"] = ids.map(products["supplier"])
        return described


def _published(root: Path) -> dict[str, pd.DataFrame]:
    file = Workspace(root).published().folder / "warehouse.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        held = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        return {name: connection.execute(f"select * from marts.{name}").df() for name in _TABLES if name in held}


def _decided(root: Path) -> set[str]:
    file = root / "operational.sqlite"
    if not file.exists():
        return set()
    newest = "select draft_id, state, max(number) from decisions group by draft_id"  # the state of the highest number
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return {str(draft) for draft, state, _ in connection.execute(newest) if state in _DECIDED}
