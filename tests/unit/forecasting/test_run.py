"""The forecast step on a warehouse: its three tables, and what it says where it cannot do all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from forecasting import tables
from forecasting.run import ensure_tables, forecast
from forecasting.weights import Selection, Weights, save
from retail.errors import ForecastError
from retail.settings import Settings
from retail.vocabulary import QUANTILE_COLUMNS

Shop = Callable[..., duckdb.DuckDBPyConnection]
TODAY = date(2024, 7, 1)


@pytest.fixture
def floors(tmp_path: Path) -> Settings:
    """Settings whose Chronos weights are an empty folder, so that only the statistical models serve."""
    return Settings(chronos_weights=str(tmp_path), forecast_horizon_days=7)


def _table(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    return connection.execute(f"from marts.{name}").df()


def test_with_the_bundled_checkpoint_every_series_has_a_forecast_that_names_its_models(shop: Shop) -> None:
    marts = shop(stores=2, products=3, days=120)
    report = forecast(marts, Settings(), run_id="r1", as_of_date=TODAY)
    rows = _table(marts, "fct_forecasts")
    assert len(rows) == 6 * 28
    assert set(rows["run_id"]) == {"r1"}
    assert set(rows["cutoff_date"].dt.date) == {date(2024, 6, 30)}
    assert rows.groupby("series_id")["target_date"].agg(["min", "max"]).drop_duplicates().to_numpy().tolist() == [
        [pd.Timestamp("2024-07-01"), pd.Timestamp("2024-07-28")]
    ]
    quantiles = rows[list(QUANTILE_COLUMNS)].to_numpy()
    assert (quantiles >= 0).all()
    assert (quantiles[:, 1:] >= quantiles[:, :-1]).all()
    assert all(name.startswith("combination(bundled+") for name in rows["model_name"])
    assert report.models == rows.drop_duplicates("series_id")["model_name"].value_counts().to_dict()
    assert report.series == {"product_store": 6}
    assert report.dropped == {}


def test_each_series_has_its_level_its_evidence_and_its_scores(shop: Shop, floors: Settings) -> None:
    marts = shop(stores=1, products=2, days=120)
    marts.execute(
        "insert into marts.dim_products (product_id, product, category, kind) "
        "values ('new', 'New', 'Category 1', 'goods')"
    )
    marts.execute("insert into marts.fct_sales_daily values ('S1', 'new', date '2024-06-25', 6, 0, 6, 12, false)")
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    rows = _table(marts, "fct_forecast_series").set_index("series_id")
    assert rows.loc["S1|P1", "evidence"] == "ok"
    assert rows.loc["S1|P1", "history_days"] == 120
    assert rows.loc["S1|P1", "mean_daily_units"] == pytest.approx(24, rel=0.1)
    assert 0 < rows.loc["S1|P1", "wql"] < 0.5
    assert 0 <= rows.loc["S1|P1", "coverage_10"] <= rows.loc["S1|P1", "coverage_90"] <= 1
    assert rows.loc["S1|new", "evidence"] == "low"
    assert rows.loc["S1|new", "history_days"] == 6
    assert pd.isna(rows.loc["S1|new", "wql"])


def test_accuracy_is_by_model_and_segment_and_for_all(shop: Shop, floors: Settings) -> None:
    marts = shop(days=120)
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    rows = _table(marts, "fct_forecast_accuracy")
    assert set(rows["model_name"]) >= {"weekday_quantiles", "moving_average", "seasonal_naive", "combination"}
    everything = rows[rows["segment"] == "all"].set_index("model_name")
    assert (everything["series"] == 8).all()
    assert everything.loc["weekday_quantiles", "wql"] < everything.loc["moving_average", "wql"]
    assert not rows.duplicated(["model_name", "segment"]).any()
    assert {"store:S1", "store:S2", "category:Category 0"} <= set(rows["segment"])


def test_the_evaluation_knows_nothing_of_the_days_it_is_scored_on(shop: Shop, floors: Settings) -> None:
    marts = shop(stores=1, products=1, days=120)
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    before = _table(marts, "fct_forecast_series")["bias"][0]
    marts.execute("update marts.fct_sales_daily set units_sold = units_sold * 2 where business_date > '2024-06-02'")
    forecast(marts, floors, run_id="r2", as_of_date=TODAY)
    after = _table(marts, "fct_forecast_series")["bias"][0]
    assert after == pytest.approx((before + 1) / 2 - 1, abs=1e-6)


@pytest.mark.parametrize("weights", ["empty folder", "nobody-knows/this-model"])
def test_without_weights_the_statistical_models_serve_and_the_report_says_so(
    shop: Shop, tmp_path: Path, weights: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    marts = shop(days=120)
    folder = str(tmp_path) if weights == "empty folder" else weights
    report = forecast(marts, Settings(chronos_weights=folder), run_id="r1", as_of_date=TODAY)
    names = set(_table(marts, "fct_forecasts")["model_name"])
    assert names == set(report.models)
    assert not any("bundled" in name or name == "none" for name in names)
    assert list(report.dropped) == [Path(folder).name]
    assert any("did not serve" in note for note in report.notes)


def test_an_empty_shop_gets_empty_tables_and_a_reason(warehouse: duckdb.DuckDBPyConnection, floors: Settings) -> None:
    report = forecast(warehouse, floors, run_id="r1")
    assert report.cutoff_date is None
    assert "no sales" in report.notes[0]
    for name, columns in tables.SCHEMAS.items():
        assert _table(warehouse, name).columns.tolist() == list(columns)
        assert _table(warehouse, name).empty


def test_a_shop_where_nothing_moves_any_more_gets_no_stale_forecast(shop: Shop, floors: Settings) -> None:
    marts = shop(stores=1, products=1)
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    marts.execute("update marts.dim_products set discontinued_date = '2024-06-01'")
    report = forecast(marts, floors, run_id="r2", as_of_date=TODAY)
    assert "nothing to forecast" in report.notes[0]
    assert _table(marts, "fct_forecasts").empty


def test_one_day_of_sales_is_enough_for_a_forecast_of_low_evidence(shop: Shop, floors: Settings) -> None:
    marts = shop(stores=1, products=1, days=1)
    report = forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    assert report.series == {"product_store": 1}
    assert "low evidence" in report.notes[-1]
    assert len(_table(marts, "fct_forecasts")) == 7


def test_with_more_pairs_than_the_setting_the_rest_is_forecast_by_category(shop: Shop, tmp_path: Path) -> None:
    marts = shop(stores=2, products=4, days=60)
    settings = Settings(chronos_weights=str(tmp_path), forecast_max_series=3)
    report = forecast(marts, settings, run_id="r1", as_of_date=TODAY)
    rows = _table(marts, "fct_forecasts")
    assert report.series["product_store"] == 3
    assert rows.loc[rows["level"] == "category_store", "product_id"].isna().all()
    assert rows.loc[rows["level"] == "category_store", "category"].notna().all()


def test_a_failed_write_leaves_the_last_forecast_whole(
    shop: Shop, floors: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    marts = shop(days=60)
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    before = {name: _table(marts, name) for name in tables.SCHEMAS}
    broken = before["fct_forecast_accuracy"].assign(series="not a number")
    with pytest.raises(ForecastError, match="The previous forecast is kept"):
        tables.replace(
            marts, {**{name: rows.iloc[:0] for name, rows in before.items()}, tables.FORECAST_ACCURACY: broken}
        )
    for name, rows in before.items():
        assert _table(marts, name).equals(rows)


def test_ensure_tables_keeps_rows_and_replaces_a_table_of_another_shape(shop: Shop, floors: Settings) -> None:
    marts = shop(days=60)
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    marts.execute("create or replace table marts.fct_forecast_accuracy (model_name varchar)")
    ensure_tables(marts)
    assert len(_table(marts, "fct_forecasts")) == 8 * 7
    assert _table(marts, "fct_forecast_accuracy").columns.tolist() == list(tables.SCHEMAS["fct_forecast_accuracy"])


def test_the_same_data_give_the_same_forecast(shop: Shop, floors: Settings) -> None:
    marts = shop(days=60)
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    first = _table(marts, "fct_forecasts")
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    assert _table(marts, "fct_forecasts").equals(first)


def test_the_weights_and_accuracy_of_a_selection_are_used(shop: Shop, floors: Settings, tmp_path: Path) -> None:
    marts = shop(days=60)
    path = tmp_path / "forecast_weights.json"
    row = dict.fromkeys(tables.SCHEMAS["fct_forecast_accuracy"]) | {"model_name": "moving_average", "segment": "all"}
    save(path, Selection(Weights(default={"moving_average": 1.0}), [row]))
    report = forecast(marts, floors, run_id="r1", as_of_date=TODAY, weights_path=path)
    assert report.models == {"moving_average": 8}
    assert _table(marts, "fct_forecast_accuracy")["model_name"].tolist() == ["moving_average"]


def test_a_broken_weights_file_is_noted_and_the_shipped_weights_serve(
    shop: Shop, floors: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "forecast_weights.json"
    path.write_text("{")
    report = forecast(shop(days=60), floors, run_id="r1", as_of_date=TODAY, weights_path=path)
    assert "holds no forecast weights" in report.notes[0]
    assert sum(report.models.values()) == 8


def test_progress_ends_every_step_it_begins(shop: Shop, floors: Settings) -> None:
    calls: list[tuple[str, int, int]] = []
    forecast(
        shop(days=60),
        floors,
        run_id="r1",
        as_of_date=TODAY,
        progress=lambda step, done, total: calls.append((step, done, total)),
    )
    assert {step for step, done, total in calls if done == total} == {step for step, _, _ in calls}
    assert ("reading demand", 1, 1) in calls


def test_lead_time_demand_corrected_demand_and_scenarios_are_written_beside_the_forecast(
    shop: Shop, floors: Settings
) -> None:
    marts = shop(stores=1, products=2, days=120)
    forecast(marts, floors, run_id="r1", as_of_date=TODAY)
    totals = _table(marts, "fct_demand_totals")
    assert totals.groupby("series_id")["horizon_days"].apply(list).tolist() == [[1, 2, 3, 4, 5, 6, 7]] * 2
    week = totals[totals["horizon_days"] == 7].set_index("series_id")
    days = _table(marts, "fct_forecasts").groupby("series_id")[["q50", "q90"]].sum()
    assert week["mean_units"].to_numpy() == pytest.approx(days["q50"].to_numpy(), rel=0.1)
    assert (week["q90"].to_numpy() < days["q90"].to_numpy()).all()
    assert len(_table(marts, "fct_demand_daily")) == 2 * 120
    assert set(_table(marts, "fct_forecast_scenarios")["scenario"]) >= {"baseline"}


def test_each_cutoff_is_remembered_once_and_worse_than_the_backtest_is_drift(
    shop: Shop, floors: Settings, tmp_path: Path
) -> None:
    marts = shop(stores=5, products=6, days=120)
    weights_path = tmp_path / "forecast_weights.json"
    windows = [
        {"model_name": "combination", "segment": "all", "series": 30, "cutoff_date": f"2024-0{month}-01"}
        | dict.fromkeys(("wql", "mase", "wape", "bias", "coverage_10", "coverage_90"), 0.01)
        for month in (3, 4, 5)
    ]
    save(weights_path, Selection(Weights(default={"weekday_quantiles": 1.0}), [], None, windows))
    for run_id, today in (("r1", date(2024, 6, 30)), ("r2", TODAY), ("r3", TODAY)):
        forecast(marts, floors, run_id=run_id, as_of_date=today, weights_path=weights_path)
    rows = _table(marts, "fct_forecast_history")
    served = rows[(rows["model_name"] == "combination") & (rows["segment"] == "all")]
    assert served.query("kind == 'evaluation'")["run_id"].tolist() == ["r1", "r3"]
    assert served.query("kind == 'evaluation'")["is_drifting"].tolist() == [True, True]
    assert len(served.query("kind == 'backtest'")) == 3
