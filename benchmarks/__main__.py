"""`python -m benchmarks --lines 1,10,50`: measure, then write `docs/benchmarks.json`, the tables and the plot."""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from pathlib import Path

from benchmarks import plot, report, results
from benchmarks.process import elsewhere
from benchmarks.run import make_sample, run_size

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Measure every size that the arguments name."""
    arguments = _arguments()
    data = ROOT / "data"
    data.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=data) as temporary:
        _say("Making the sample chain")
        sample = Path(temporary) / "sample" / "files"
        sample_lines = elsewhere(make_sample, sample)
        sizes = []
        for millions in arguments.lines:
            copies = math.ceil(millions * 1_000_000 / sample_lines)
            sizes.append(run_size(sample, Path(temporary) / f"{millions}m", millions, copies, _say))
    result = results.collect(sizes)
    results.write(result, arguments.output / "benchmarks.json")
    plot.draw(result.sizes, arguments.output / "images" / "benchmarks-growth.png")
    report.update(result, arguments.output / "benchmarks.md")
    print(report.whole(result.sizes))
    return 1 if any(found.failure for size in sizes for found in size.measurements if found.step != "pandas") else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--lines",
        type=lambda text: [int(part) for part in text.split(",")],
        default=[1, 10, 50],
        help="sizes in millions of sale lines, such as 1,10 (default: 1,10,50; 50 needs 40 GB of disk)",
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of benchmarks.md (default: docs)")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
