"""The small demo's files as a shop has them, for recounting what the assistant says."""

from __future__ import annotations

import pandas as pd
import pytest

from retail.workspace import Workspace


@pytest.fixture(scope="session")
def sold(small_workspace: Workspace) -> pd.DataFrame:
    """Lines of completed tickets: `day`, `hour`, `store`, `product`, `category`, `customer_id`, `units`, `net`."""
    folder = small_workspace.root / "incoming"
    read = {
        name: pd.read_csv(folder / f"{name}.csv", dtype=str) for name in ("sale_lines", "sales", "products", "stores")
    }
    tickets = read["sales"].query("status == 'completed'")[["sale_id"]]
    lines = read["sale_lines"].merge(tickets, on="sale_id").merge(read["products"], on="product_id", how="left")
    lines = lines[lines["line_type"].isin(["goods", "discount"])]
    zones = read["stores"].set_index("store_id")["time_zone"]
    at = pd.to_datetime(lines["sold_at"], utc=True)
    local = pd.concat([at[lines["store_id"] == s].dt.tz_convert(z).dt.tz_localize(None) for s, z in zones.items()])
    quantity = lines["quantity"].astype(float)
    return pd.DataFrame(
        {
            "sale_id": lines["sale_id"],
            "day": local.dt.date,
            "hour": local.dt.hour,
            "store": lines["store_id"].map(read["stores"].set_index("store_id")["name"]),
            "product": lines["name"],
            "category": lines["category_path"].str.split(" > ").str[-1],
            "customer_id": lines["customer_id"],
            "units": quantity.where((quantity > 0) & (lines["line_type"] == "goods"), 0.0),
            "net": lines["net_amount"].astype(float),
        }
    )
