"""A whole run at the smallest size: every step works, and the hand-written SQL makes the product's figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import plot, report, results
from benchmarks.growth import AS_OF_AT
from benchmarks.run import run_size
from benchmarks.step import STEPS
from demo.sample import generate

MARKS = "".join(f"<!-- {name}: begin -->\n<!-- {name}: end -->\n" for name in ("summary", "machine", "results"))


@pytest.mark.slow
def test_every_step_is_measured_and_reported(tmp_path: Path) -> None:
    sample = tmp_path / "sample" / "files"
    generate(sample, as_of_at=AS_OF_AT, size="small")
    sizes = [run_size(sample, tmp_path / f"{copies}", copies, copies, print) for copies in (1, 2)]

    failures = [f"{found.step}: {found.failure}" for size in sizes for found in size.measurements if found.failure]
    assert not failures
    assert [found.step for found in sizes[0].measurements] == list(STEPS)
    assert sizes[1].detail("dbt_build_day", "new_sale_lines")
    assert not (tmp_path / "1").exists()

    result = results.collect(sizes)
    results.write(result, tmp_path / "benchmarks.json")
    plot.draw(result.sizes, tmp_path / "growth.png")
    document = tmp_path / "benchmarks.md"
    document.write_text(MARKS)
    report.update(result, document)
    assert (tmp_path / "growth.png").stat().st_size > 10_000
    assert "failed" not in document.read_text()
    assert document.read_text().count("| ") > 30


def test_a_document_without_the_marks_is_refused(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text("Nothing here.")
    result = results.collect([results.SizeResult(1, 1, 1, ())])
    with pytest.raises(ValueError, match="has no place for summary"):
        report.update(result, document)
    assert document.read_text() == "Nothing here."
