"""`python -m benchmarks.step STEP FOLDER`: do one step, and print its time and what it says as one line of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks import baselines, frames, product
from benchmarks.folder import BenchmarkFolder
from benchmarks.process import Outcome

STEPS: Final[dict[str, Callable[[BenchmarkFolder], Outcome]]] = {
    "load": product.load,
    "read_csv": baselines.read_csv,
    "dbt_run": product.dbt_run,
    "dbt_build": product.dbt_build,
    "handwritten": baselines.handwritten,
    "handwritten_query": baselines.handwritten_query,
    "publish": product.publish_marts,
    "metric_query": product.metric_query,
    "page": product.page,
    "pandas": frames.aggregate,
    "load_day": product.load_day,
    "dbt_build_day": product.dbt_build_day,
}
"""Every step, in the order that a run takes them."""


def main() -> None:
    """Do the step that the arguments name."""
    name, folder = sys.argv[1:]
    outcome = STEPS[name](BenchmarkFolder(Path(folder)))
    print(json.dumps({"seconds": outcome.seconds, "details": outcome.details}))


if __name__ == "__main__":
    main()
