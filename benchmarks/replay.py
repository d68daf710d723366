"""`python -m benchmarks.replay`: the tables and pictures of docs/replay.md.

VN2 lies in the folder `shared` beside the checkout and is left out where it is absent; the sample chain is read from
its workspace (`make demo SERVE=0`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.replay_chain import replay_chain
from forecasting.frequency import frequency
from forecasting.panel.file import read_panel_file
from forecasting.replenishment.replay.comparison import Interval, Outcome
from forecasting.replenishment.replay.forecasts import replay_models
from forecasting.replenishment.replay.panel_replay import Rules, replay_panel
from forecasting.replenishment.replay.plots import draw
from retail.duckdb_options import OFFLINE
from retail.settings import Settings

ROOT = Path(__file__).parent.parent
VN2 = ROOT.parent / "shared" / "data" / "vn2" / "weekly_sales_in_stock.parquet"
IMAGES = ROOT / "docs" / "images"
RULES = Rules(holding=0.2, shortage=1.0, lead_time=2, review=1, hold_out=8)

_VN2_PANEL = """
copy (
    select Store || '|' || Product as unique_id, week as ds, sales as y, in_stock
    from read_parquet('{source}')
) to '{target}' (format parquet)
"""


def main() -> int:
    """Replay what is asked for and print the tables."""
    arguments = _arguments()
    if "vn2" in arguments.only:
        _vn2(arguments.weeks_earlier, arguments.keep_panel)
    if "chain" in arguments.only:
        _chain(arguments)
    return 0


def _vn2(weeks_earlier: Sequence[int], keep: Path | None) -> None:
    if not VN2.exists():
        print(f"VN2 is left out: {VN2} is absent.", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="tillsight-replay-") as folder:
        path = keep or Path(folder) / "vn2.parquet"
        with duckdb.connect(config={**OFFLINE}) as connection:
            connection.execute(_VN2_PANEL.format(source=VN2, target=path))
        panel = read_panel_file(path, frequency("W"), in_stock="in_stock")
    for weeks in weeks_earlier:
        until = panel.until(len(panel.dates) - weeks)
        found = replay_panel(until, replay_models(Settings(threads=2), until), RULES)
        _print(f"VN2, eight weeks up to {until.dates[-1].date()}", found.outcomes, found.interval)
        if not weeks:
            draw(found.outcomes, found.interval, IMAGES / "replay-vn2.png")


def _chain(arguments: argparse.Namespace) -> None:
    for weeks in arguments.weeks_earlier:
        with tempfile.TemporaryDirectory(prefix="tillsight-replay-") as folder:
            found = replay_chain(
                arguments.workspace,
                Path(folder),
                store=arguments.store,
                days=56,
                weeks_earlier=weeks,
                ordering=arguments.ordering,
            )
        _print(f"sample chain, {arguments.store}, 56 days from {found.first}", found.outcomes, found.interval)
        if not weeks:
            draw(found.outcomes, found.interval, IMAGES / "replay-chain.png")


def _print(title: str, outcomes: Sequence[Outcome], interval: Interval) -> None:
    print(f"\n{title}: {len(outcomes[0].tally.demand)} series\n")
    kinds = [kind for kind in outcomes[0].paid if any(outcome.paid[kind].any() for outcome in outcomes)]
    print(f"| policy | cost | {' | '.join(kinds)} | fill rate | empty shelves | average stock | chosen on history |")
    print("|---" * (6 + len(kinds)) + "|")
    for outcome in outcomes:
        row = outcome.as_dict()
        paid = " | ".join(f"{outcome.paid[kind].sum():,.0f}" for kind in kinds)
        choice = "" if outcome.choice is None else f"{outcome.choice:g}"
        print(
            f"| {outcome.policy} | {row['cost']:,.0f} | {paid} | {row['fill_rate']:.1%} | {row['stockout_share']:.1%} "
            f"| {row['average_stock']:.2f} | {choice} |"
        )
    share = "" if interval.share is None else f" ({interval.share:+.1%})"
    print(
        f"\n{interval.policy} against {interval.against}: {interval.difference:+,.0f}{share}, "
        f"95% between {interval.low:+,.0f} and {interval.high:+,.0f}",
        flush=True,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=("vn2", "chain"), default=["vn2", "chain"])
    parser.add_argument("--weeks-earlier", nargs="+", type=int, default=[0], help="hold-outs that end so much earlier")
    parser.add_argument("--workspace", type=Path, default=ROOT / "data" / "demo-sample")
    parser.add_argument("--store", default="files:S1", help="store of the sample chain")
    parser.add_argument("--ordering", type=float, default=0.5, help="cost of an order line in the sample chain")
    parser.add_argument("--keep-panel", type=Path, help="where to leave the VN2 panel, for `tillsight replay --panel`")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
