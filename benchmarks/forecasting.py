"""`python -m benchmarks.forecasting`: the table of docs/forecasting.md, and with `--prior` the shipped weights.

Every set is a seeded sample of its series. The research sets lie in the folder `shared` beside the checkout and are
left out where it is absent; the demos are read from the warehouses that the command names.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import yaml

from forecasting.backtest import Backtest, backtest
from forecasting.frequency import DAILY
from forecasting.models.combination import NAME
from forecasting.models.registry import backtest_models, slow_models
from forecasting.panel import Panel
from forecasting.panel.file import panel_from_frame
from forecasting.panel.warehouse import find_cutoff, panel_from_warehouse
from forecasting.segments import ALL
from forecasting.weights import PRIOR, Weights
from retail.duckdb_options import OFFLINE
from retail.settings import Settings

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"

STORE_ITEM = """
select store || '|' || item as unique_id, date as ds, sales::double as y, true as in_stock
from read_parquet('{file}')
"""
FRESH_RETAIL = """
select
    store_id || '|' || product_id as unique_id,
    dt as ds,
    list_sum(hours_sale_x100) / 100 as y,
    stockout_hours_6_22 = 0 as in_stock
from read_parquet('{file}')
"""


def main() -> int:
    """Backtest every set that is there and print the table."""
    arguments = _arguments()
    settings = Settings(threads=arguments.threads)
    found = {}
    for name, panel, horizon in _panels(arguments.warehouse):
        sample = panel.sample(arguments.series)
        print(f"{name}: {len(sample)} of {len(panel)} series", file=sys.stderr, flush=True)
        slow = slow_models(["auto_ets"] if arguments.auto_ets else [])
        models = backtest_models(settings, DAILY)
        found[name] = backtest(sample, models, horizon=horizon, windows=4, slow=slow)
    print(_table(found))
    if arguments.prior:
        _write_prior(found)
    return 0


def _panels(warehouses: list[str]) -> Iterator[tuple[str, Panel, int]]:
    for name, file, query, horizon in (
        ("store-item", "store_item_demand.parquet", STORE_ITEM, 28),
        ("FreshRetailNet sample", "freshretailnet_sample.parquet", FRESH_RETAIL, 14),
    ):
        path = SHARED / file
        if not path.exists():
            print(f"{name} is left out: {path} is absent.", file=sys.stderr)
            continue
        with duckdb.connect(config={**OFFLINE}) as connection:
            frame = connection.execute(query.format(file=path)).df()
        yield name, panel_from_frame(frame, in_stock="in_stock"), horizon
    for entry in warehouses:
        name, _, file = entry.partition("=")
        with duckdb.connect(file, read_only=True, config={**OFFLINE}) as connection:
            cutoff_date = find_cutoff(connection)
            if cutoff_date:
                yield name, panel_from_warehouse(connection, cutoff_date, Settings().forecast_max_series), 28


def _table(found: dict[str, Backtest]) -> str:
    lines = ["| set | model | series | WQL | MASE | WAPE | bias | coverage 10 / 90 |", "|---" * 8 + "|"]
    for name, result in found.items():
        rows = [row for row in result.accuracy if row["segment"] == "all"]
        rows += [
            {**row, "model_name": f"{row['model_name']} (sample)"} for row in result.sample if row["segment"] == "all"
        ]
        for row in sorted(rows, key=lambda row: str(row["model_name"]).endswith(")")):
            scores = " | ".join(f"{row[score]:.3f}" for score in ("wql", "mase", "wape", "bias"))
            coverage = f"{row['coverage_10']:.2f} / {row['coverage_90']:.2f}"
            lines.append(f"| {name} | {row['model_name']} | {row['series']} | {scores} | {coverage} |")
    return "\n".join(lines)


def _write_prior(found: dict[str, Backtest]) -> None:
    """The mean of the weights that each set's backtest learnt, per segment and overall, by number of series."""
    by_segment: dict[str, list[tuple[int, dict[str, float]]]] = {}
    for result in found.values():
        for row in result.accuracy:
            if row["model_name"] == NAME:
                segment = str(row["segment"])
                weights = result.weights.segments.get(segment, result.weights.default)
                by_segment.setdefault(segment, []).append((int(str(row["series"])), weights))
    default = _mean(by_segment.pop(ALL))
    prior = Weights(default=default, segments={name: _mean(by_segment[name]) for name in sorted(by_segment)})
    text = (
        "# Weights of the models in a workspace without a selection of its own: the mean of what backtests learnt on\n"
        f"# {', '.join(found)}.\n"
        f"# Made by `python -m benchmarks.forecasting --prior` on {datetime.now(UTC):%Y-%m-%d}.\n"
    )
    PRIOR.write_text(text + yaml.safe_dump(prior.model_dump(), sort_keys=False, default_flow_style=None, width=120))


def _mean(counted: list[tuple[int, dict[str, float]]]) -> dict[str, float]:
    """Mean share of each model; what is under a fifth is left out: it is what one set has and others have not."""
    models = list(dict.fromkeys(model for _, share in counted for model in share))
    series = sum(count for count, _ in counted)
    mean = {model: sum(count * share.get(model, 0.0) for count, share in counted) / series for model in models}
    kept = {model: share for model, share in mean.items() if share >= 0.2}
    return {model: round(share / sum(kept.values()), 2) for model, share in kept.items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasting", description=__doc__)
    parser.add_argument("--series", type=int, default=300, help="series of each set (default: 300)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads (default: 2)")
    parser.add_argument("--auto-ets", action="store_true", help="score AutoETS too, on 200 series")
    parser.add_argument("--prior", action="store_true", help="write forecasting/prior_weights.yaml")
    parser.add_argument(
        "--warehouse",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="DuckDB file with marts; may be repeated",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
