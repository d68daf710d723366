"""From dbt's `run_results.json` to what readers are told of its tests: no SQL, no paths of this machine."""

from __future__ import annotations

import json
from typing import Any, Final

from pipelines.dbt import Dbt
from retail.data_tests import DataTestResult, DataTestResults, Outcome
from retail.errors import PipelineError

_OUTCOMES: Final[dict[str, Outcome]] = {"pass": "passed", "warn": "warned", "skipped": "skipped"}
"""dbt's words for what did not fail; `fail`, `error` and `runtime error` did."""

Node = dict[str, Any]


def results_of_last_build(dbt: Dbt) -> DataTestResults | None:
    """The tests of dbt's last command; none where it was no build, so that nothing is known.

    Raises:
        PipelineError: The results are cut short, or do not belong to the manifest.
    """
    if not dbt.run_results.is_file():
        return None
    try:
        nodes: dict[str, Node] = json.loads(dbt.manifest.read_text())["nodes"]
        results = json.loads(dbt.run_results.read_text())["results"]
        tests = [result for result in results if result["unique_id"].startswith("test.")]
        return DataTestResults(results=tuple(_result(test, nodes[test["unique_id"]], nodes) for test in tests))
    except (KeyError, ValueError) as error:
        raise PipelineError(f"dbt's results in {dbt.run_results} cannot be read: {error!r}. Run again.") from error


def _result(result: dict[str, Any], test: Node, nodes: dict[str, Node]) -> DataTestResult:
    attached = test.get("attached_node")
    tested = [attached] if attached else test["depends_on"]["nodes"]
    model = nodes.get(attached or "", {})
    about = model.get("columns", {}).get(test.get("column_name"), model)
    return DataTestResult(
        name=test["name"],
        model=", ".join(node.split(".")[-1] for node in tested),
        description=test.get("description") or about.get("description") or "",
        outcome=_OUTCOMES.get(result["status"], "failed"),
        failures=result.get("failures"),
    )
