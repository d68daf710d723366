"""The whole road on real data: every month of Online Retail II equals what pandas finds straight in the file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import yaml

from metrics import MetricQuery, Metrics
from pipelines.run import run_pipeline
from retail.principal import LOCAL
from retail.settings import Settings
from retail.workspace import Workspace, WorkspaceDescription, create

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "connectors" / "files" / "presets" / "online_retail.yaml"
FILE = ROOT / ".." / "shared" / "data" / "online_retail_ii.parquet"
CENT = 0.005

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILE.exists(), reason="the real data set lies in ../shared, which is not here"),
    pytest.mark.xdist_group("online_retail"),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    settings = Settings(home=tmp_path_factory.mktemp("online-retail"))
    description = WorkspaceDescription(
        kind="real", created_at=datetime.now(UTC), reporting_currency="GBP", default_time_zone="Europe/London"
    )
    workspace = create(settings.home, "main", description)
    shutil.copy(FILE, workspace.incoming)
    shutil.copy(MAPPING, workspace.root / "mapping.yaml")
    source = {"type": "files", "path": "incoming", "mapping": "mapping.yaml"}
    workspace.sources.write_text(yaml.safe_dump({"sources": [source]}))
    run_pipeline(workspace, settings, trigger="test")
    return workspace


@pytest.fixture(scope="module")
def metrics(workspace: Workspace) -> Iterator[Metrics]:
    opened = Metrics.open(workspace)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """The file's lines with the type that the documented rules give each, worked out by pandas alone."""
    raw = pd.read_parquet(FILE)
    code, price = raw["StockCode"].astype(str), raw["Price"]
    cases = yaml.safe_load(MAPPING.read_text())["files"][0]["tables"]["sale_lines"]["columns"]["line_type"]["cases"]
    kind = pd.Series("goods", index=raw.index)
    for case in reversed(cases):
        when = case["when"]
        if when["column"] == "Price":
            hit = price == 0
        elif "in" in when:
            hit = code.isin([str(item) for item in when["in"]])
        else:
            hit = code.str.startswith(tuple(when["starts_with"]))
        kind = kind.mask(hit, case["then"])
    return pd.DataFrame(
        {
            "invoice": raw["Invoice"].astype(str),
            "sku": code,
            "quantity": raw["Quantity"],
            "amount": raw["Quantity"] * price,
            "kind": kind,
            "month": raw["InvoiceDate"].dt.to_period("M").dt.to_timestamp().dt.date,
        }
    )


def by_month(metrics: Metrics, *names: str) -> pd.DataFrame:
    result = metrics.query(MetricQuery(metrics=names, by=("month",), order_by=("month",)), LOCAL)
    frame = result.frame()
    frame["month"] = pd.to_datetime(frame["month"]).dt.date
    return frame.set_index("month").fillna(0).astype(float)


def test_every_line_read_is_accepted_or_put_aside_and_duplicates_are_reported(metrics: Metrics) -> None:
    health = metrics.rows(
        "fct_data_health",
        columns=("table_name", "rows_read", "rows_accepted", "rows_quarantined", "exact_duplicates"),
        where=(),
        principal=LOCAL,
    )
    lines = next(row for row in health.rows if row["table_name"] == "sale_lines")
    assert lines["rows_read"] == 1_067_371
    assert lines["rows_accepted"] + lines["rows_quarantined"] == lines["rows_read"]
    assert lines["exact_duplicates"] == 34_335


def test_revenue_of_each_month_equals_pandas(metrics: Metrics, lines: pd.DataFrame) -> None:
    counted = lines[lines["kind"].isin(["goods", "discount"])]
    expected = counted.groupby("month")["amount"].sum()
    found = by_month(metrics, "net_sales")["net_sales"]
    assert len(found) == 25
    assert (found - expected).abs().max() < CENT


def test_charges_of_each_month_equal_pandas(metrics: Metrics, lines: pd.DataFrame) -> None:
    expected = lines[lines["kind"] == "charge"].groupby("month")["amount"].sum()
    assert (by_month(metrics, "charges_amount")["charges_amount"] - expected).abs().max() < CENT


def test_units_sold_and_returned_of_each_month_equal_pandas(metrics: Metrics, lines: pd.DataFrame) -> None:
    goods = lines[lines["kind"] == "goods"]
    found = by_month(metrics, "units_sold", "units_returned")
    sold = goods[goods["quantity"] > 0].groupby("month")["quantity"].sum()
    returned = -goods[goods["quantity"] < 0].groupby("month")["quantity"].sum()
    assert (found["units_sold"] - sold).abs().max() == 0
    assert (found["units_returned"] - returned).abs().max() == 0


def test_invoices_of_each_month_equal_pandas(metrics: Metrics, lines: pd.DataFrame) -> None:
    goods = lines[lines["kind"] == "goods"]
    sold = goods[goods["quantity"] > 0]
    returned = goods[(goods["quantity"] < 0) & ~goods["invoice"].isin(sold["invoice"])]
    found = by_month(metrics, "transactions", "return_transactions")
    assert (found["transactions"] - sold.groupby("month")["invoice"].nunique()).abs().max() == 0
    assert (found["return_transactions"] - returned.groupby("month")["invoice"].nunique()).abs().max() == 0


def test_the_ten_best_products_of_each_month_equal_pandas(metrics: Metrics, lines: pd.DataFrame) -> None:
    counted = lines[lines["kind"].isin(["goods", "discount"])]
    sums = counted.groupby(["month", "sku"])["amount"].sum()
    for month, expected in sums.groupby("month"):
        last_day = (pd.Timestamp(month) + pd.offsets.MonthEnd()).date()
        query = MetricQuery(
            metrics=("net_sales",), by=("sku",), from_date=month, to_date=last_day, order_by=("-net_sales",), limit=10
        )
        found = metrics.query(query, LOCAL)
        best = expected.droplevel("month").sort_values(ascending=False)
        values = [float(row["net_sales"]) for row in found.rows]
        assert values == pytest.approx(best.head(10).tolist(), abs=CENT), month
        assert {row["sku"] for row in found.rows[:9]} <= set(best.head(12).index), month
