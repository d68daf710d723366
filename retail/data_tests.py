"""Results of dbt's tests on the data, as a serving folder's `data_tests.json` holds them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

Outcome = Literal["passed", "warned", "failed", "skipped"]


class DataTestResult(BaseModel):
    """How one test of the data ended.

    Attributes:
        name: Name of the test, as dbt has it.
        model: Model that it tests; several are separated by commas.
        description: What must hold; of a standard test (unique, not null …) what its column or its model is.
        outcome: `skipped` tests were not run, because something before them failed.
        failures: Rows that broke the rule; none where the test could not be run.
    """

    name: str
    model: str
    description: str
    outcome: Outcome
    failures: int | None


class DataTestResults(BaseModel):
    """Every test of the dbt build that a run was published from."""

    results: tuple[DataTestResult, ...]

    @property
    def not_passed(self) -> tuple[DataTestResult, ...]:
        """Those that failed, warned or were skipped, in this order."""
        order: tuple[Outcome, ...] = ("failed", "warned", "skipped")
        return tuple(result for outcome in order for result in self.results if result.outcome == outcome)

    def count(self, outcome: Outcome) -> int:
        """How many tests ended so."""
        return sum(result.outcome == outcome for result in self.results)
