"""The raw files of a workspace as frames: counted sale lines with the store's local day, payments, products, stock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

_AMOUNTS = ("quantity", "net_amount", "tax_amount", "gross_amount", "discount_amount", "unit_cost")


class RawFiles:
    """What a workspace's `incoming` folder holds. Every frame is read once, when it is first asked for.

    Attributes:
        folder: The folder with the files.
        today: The business day that counts as today.
        now: The moment that counts as now, UTC.
    """

    def __init__(self, root: Path) -> None:
        described = json.loads((root / "workspace.json").read_text(encoding="utf-8"))
        self.folder = root / "incoming"
        self.now = datetime.fromisoformat(described["as_of_at"])
        self.today: date = self.now.astimezone(ZoneInfo(described["default_time_zone"])).date()

    def has(self, table: str) -> bool:
        """Whether there is a file of the table."""
        return self._path(table).exists()

    def read(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """A file as it is; ids are text."""
        path = self._path(table)
        if path.suffix == ".parquet":
            return pd.read_parquet(path, columns=None if columns is None else list(columns))
        ids = pd.read_csv(path, nrows=0).columns
        kinds: Any = {name: "str" for name in ids if name.endswith("_id") or name in {"sku", "name"}}
        return pd.read_csv(path, usecols=None if columns is None else list(columns), dtype=kinds, low_memory=False)

    @cached_property
    def stores(self) -> pd.DataFrame:
        """Stores by id: name and time zone."""
        return self.read("stores").set_index("store_id")

    @cached_property
    def products(self) -> pd.DataFrame:
        """Products by id: label, SKU, department, category, brand, preferred supplier."""
        found = self.read("products").set_index("product_id")
        levels = found["category_path"].str.split(" > ", n=2)
        found["department"] = levels.str[0]
        found["category"] = levels.str[1].fillna(levels.str[0])
        shared = found["name"].duplicated(keep=False)
        found["product"] = found["name"].where(~shared, found["name"] + " (" + found["sku"].astype(str) + ")")
        found["supplier"] = self.preferred.reindex(found.index) if self.has("supplier_terms") else None
        return found

    @cached_property
    def preferred(self) -> pd.Series[Any]:
        """Name of each product's preferred supplier."""
        terms = self.read("supplier_terms")
        chosen = terms[terms["is_preferred"].astype(str).str.lower() == "true"].set_index("product_id")
        return chosen["supplier_id"].map(self.suppliers["name"])

    @cached_property
    def suppliers(self) -> pd.DataFrame:
        """Suppliers by id."""
        return self.read("suppliers").set_index("supplier_id")

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Lines of completed tickets and confirmed orders, with store, product and the store's local day and hour."""
        sales = self.read("sales", ["sale_id", "status"])
        counted = sales.loc[sales["status"] == "completed", "sale_id"]
        lines = self.read("sale_lines")
        lines = lines[lines["sale_id"].isin(counted)].reset_index(drop=True)
        for name in ("promotion_id", "customer_id"):
            lines[name] = lines.get(name)
        for name in _AMOUNTS:
            lines[name] = pd.to_numeric(lines[name]).astype("float64") if name in lines else float("nan")
        lines["unit_cost"] = lines["unit_cost"].where(lines["line_type"] == "goods")
        local = self.local(lines["sold_at"], lines["store_id"])
        lines["day"], lines["hour"] = local.dt.normalize(), local.dt.hour
        return self.described(lines).sort_values("day", ignore_index=True)

    @cached_property
    def payments(self) -> pd.DataFrame:
        """Payments of every ticket that counts, with the store's local day."""
        found = self.read("payments")
        found["day"] = self.local(found["paid_at"], found["store_id"]).dt.normalize()
        found["store"] = found["store_id"].map(self.stores["name"])
        return found

    @cached_property
    def stock(self) -> pd.DataFrame:
        """Stock by product and store now, with units on order and the latest cost."""
        found = self.read("stock_levels")
        found["available"] = found["on_hand"] - found["reserved"]
        found["unit_cost"] = found["product_id"].map(self.products["cost"].astype("float64"))
        ordered = self.open_orders.groupby(["store_id", "product_id"])["open_quantity"].sum().rename("on_order")
        found = found.merge(ordered.reset_index(), how="outer", on=["store_id", "product_id"])
        return self.described(found.fillna({"on_hand": 0, "reserved": 0, "available": 0, "on_order": 0}))

    @cached_property
    def movements(self) -> pd.DataFrame:
        """Stock movements with the store's local day."""
        found = self.read("stock_movements", ["store_id", "product_id", "moved_at", "quantity", "movement_type"])
        return found.assign(day=self.local(found["moved_at"], found["store_id"]).dt.normalize())

    @cached_property
    def open_orders(self) -> pd.DataFrame:
        """Lines of open purchase orders and what is still to come of each."""
        orders = self.read("purchase_orders")
        lines = self.read("purchase_order_lines").merge(orders[orders["status"] == "open"], on="purchase_order_id")
        received = self.read("receipts").groupby("purchase_order_line_id")["quantity"].sum()
        come = lines["purchase_order_line_id"].map(received).fillna(0)
        lines["open_quantity"] = (lines["quantity"] - come).clip(lower=0)
        return lines[lines["open_quantity"] > 0]

    def described(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A frame with names of store and product added."""
        described = frame.assign(store=frame["store_id"].map(self.stores["name"]))
        for name in ("product", "department", "category", "brand", "supplier"):
            described[name] = described["product_id"].map(self.products[name])
        return described

    def local(self, moments: pd.Series[Any], store_ids: pd.Series[Any]) -> pd.Series[Any]:
        """Moments in UTC as the clock of each one's store shows them."""
        moments = pd.to_datetime(moments, utc=True)
        zones = store_ids.map(self.stores["time_zone"])
        parts = [
            moments[zones == zone].dt.tz_convert(zone).dt.tz_localize(None).astype("datetime64[us]")
            for zone in zones.dropna().unique()
        ]
        local: pd.Series[Any] = pd.concat(parts).reindex(moments.index)
        return local

    def _path(self, table: str) -> Path:
        parquet = self.folder / f"{table}.parquet"
        return parquet if parquet.exists() else self.folder / f"{table}.csv"
