"""`python -m benchmarks.forecasting`: the tables of docs/forecasting.md, and with `--prior` the shipped weights.

Every set is a seeded sample of its series, forecast from four cutoffs; weights and calibration of a cutoff come from
before it. Sets that are absent are left out, and said.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.forecasting_sets import SHARED, measured_sets
from benchmarks.paired import Comparison, compare
from benchmarks.prior import Taught, write_prior
from forecasting.backtest import Backtest, backtest
from forecasting.models.combination import NAME
from forecasting.models.registry import backtest_models, slow_models
from forecasting.segments import ALL
from forecasting.weights import STATISTICAL
from retail.settings import Settings

__all__ = ["SHARED"]

BUNDLED = "bundled"
NAIVE = "seasonal_naive"


def main() -> int:
    """Backtest every set that is there and print the tables."""
    arguments = _arguments()
    settings = Settings(threads=arguments.threads)
    found: dict[str, Backtest] = {}
    taught = []
    for measured in measured_sets(arguments.only):
        panel = measured.read()
        sample = panel.sample(arguments.series)
        print(f"{measured.name}: {len(sample)} of {len(panel)} series", file=sys.stderr, flush=True)
        result = backtest(
            sample,
            backtest_models(settings, panel.frequency),
            horizon=measured.horizon,
            slow=slow_models(["auto_ets"] if arguments.auto_ets else []),
        )
        found[measured.name] = result
        taught.append(Taught(measured.name, panel.frequency.code, result))
        print("\n".join(_rows(measured.name, result)), file=sys.stderr, flush=True)
    print("\n".join([*_tables(found), "", *_comparisons(found), "", *_coverage(found)]))
    if arguments.prior:
        write_prior(taught)
    return 0


def best_statistical(result: Backtest) -> str:
    """The single statistical model with the least WQL over all series of a set, known only afterwards."""
    wql = {
        str(row["model_name"]): float(str(row["wql"]))
        for row in result.accuracy
        if row["segment"] == ALL and row["model_name"] in STATISTICAL
    }
    return min(wql, key=wql.__getitem__)


def _tables(found: dict[str, Backtest]) -> list[str]:
    head = ["| set | model | series | WQL | MASE | WAPE | bias | coverage 10 / 90 | seconds |", "|---" * 9 + "|"]
    return head + [line for name, result in found.items() for line in _rows(name, result)]


def _rows(name: str, result: Backtest) -> list[str]:
    rows = [row for row in result.accuracy if row["segment"] == ALL]
    rows += [{**row, "model_name": f"{row['model_name']} (sample)"} for row in result.sample if row["segment"] == ALL]
    lines = []
    for row in rows:
        scores = " | ".join(_shown(row[score]) for score in ("wql", "mase", "wape", "bias"))
        coverage = f"{_shown(row['coverage_10'], 2)} / {_shown(row['coverage_90'], 2)}"
        lines.append(
            f"| {name} | {row['model_name']} | {row['series']} | {scores} | {coverage} | {_shown(row['seconds'], 0)} |"
        )
    return lines


def _comparisons(found: dict[str, Backtest]) -> list[str]:
    lines = [
        "| set | best statistical | combination against it | bundled against it | skill of combination | of bundled |",
        "|---" * 6 + "|",
    ]
    for name, result in found.items():
        best = best_statistical(result)
        shown = [compare([(result.tallies[model], result.tallies[rival])]) for model, rival in _pairs(best)]
        lines.append(f"| {name} | {best} | " + " | ".join(map(_percent, shown)) + " |")
    bests = {name: best_statistical(result) for name, result in found.items()}
    whole = [
        compare([(found[name].tallies[model], found[name].tallies[rival]) for name in found])
        for model, rival in _pairs(None)
    ]
    against = [
        compare([(found[name].tallies[model], found[name].tallies[best]) for name, best in bests.items()])
        for model in (NAME, BUNDLED)
    ]
    lines.append("| geometric mean | | " + " | ".join(map(_percent, [*against, *whole])) + " |")
    return lines


def _pairs(best: str | None) -> list[tuple[str, str]]:
    against = [(NAME, best), (BUNDLED, best)] if best else []
    return [*against, (NAME, NAIVE), (BUNDLED, NAIVE)]


def _coverage(found: dict[str, Backtest]) -> list[str]:
    lines = ["| set | segment | periods | series | totals at or below q50 | q90 | q95 |", "|---" * 7 + "|"]
    for name, result in found.items():
        for row in result.totals:
            if row["segment"] == ALL or int(str(row["series"])) >= 200:
                coverage = row["coverage"]
                shown = " | ".join(f"{share:.3f}" for share in coverage.values()) if isinstance(coverage, dict) else ""
                lines.append(f"| {name} | {row['segment']} | {row['periods']} | {row['series']} | {shown} |")
    return lines


def _percent(found: Comparison) -> str:
    return f"{found.better:+.1%} ({found.low:+.1%} to {found.high:+.1%})"


def _shown(value: object, digits: int = 3) -> str:
    return "" if value is None else f"{float(str(value)):.{digits}f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasting", description=__doc__)
    parser.add_argument("--series", type=int, default=300, help="series of each set (default: 300)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads (default: 2)")
    parser.add_argument("--auto-ets", action="store_true", help="score AutoETS too, on 200 series")
    parser.add_argument("--prior", action="store_true", help="write forecasting/prior_weights.yaml")
    parser.add_argument("--only", action="append", default=[], metavar="SET", help="a set's name; may be repeated")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
