"""The tables of `docs/benchmarks.md`, written between its markers; the words around them are a person's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.process import Measurement
from benchmarks.results import BenchmarkResult, SizeResult

Cell = Callable[[SizeResult], str]

STEP_LABELS: Final = {
    "load": "Load the files into the warehouse",
    "read_csv": "… DuckDB `read_csv` alone, no keys or checks",
    "dbt_run": "`dbt run`, every model from nothing",
    "handwritten": "… hand-written DuckDB SQL, the same tables",
    "pandas": "… pandas, three of the tables, files included",
    "dbt_build": "`dbt build`, the same with every test",
    "load_day": "One more day: load",
    "dbt_build_day": "One more day: `dbt build`, with every test",
    "publish": "Publish the marts",
    "metric_query": "Metric query, net sales by store and week, warm",
    "handwritten_query": "… the same in SQL over the hand-written tables",
    "page": "Sales page, a period not asked before, warm process",
}
"""Steps in the order of the table; `…` marks what the step above is compared with."""


def update(result: BenchmarkResult, document: Path) -> None:
    """Write both tables and the line about the machine into the document."""
    text = document.read_text()
    bodies = {"summary": summary(result.sizes), "results": whole(result.sizes), "machine": machine(result)}
    for name, body in bodies.items():
        text = between_markers(text, name, body)
    document.write_text(text)


def between_markers(text: str, name: str, body: str) -> str:
    """The text of a document with another body between the markers of that name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"The document has no place for {name}. Add the lines {begin} and {end}.")
    return f"{before}{begin}\n{body}\n{end}{after}"


def summary(sizes: Sequence[SizeResult]) -> str:
    """The short table for the README."""
    rows: list[tuple[str, Cell]] = [
        ("Load the files", lambda size: _time(size.seconds("load"))),
        ("`dbt run`, every model from nothing", lambda size: _time(size.seconds("dbt_run"))),
        ("… hand-written DuckDB SQL, the same tables", lambda size: _time(size.seconds("handwritten"))),
        (
            "One more day: load and `dbt build` with tests",
            lambda size: _time(size.seconds("load_day", "dbt_build_day")),
        ),
        ("Metric query, warm", lambda size: _time(size.seconds("metric_query"))),
        ("Sales page, warm", lambda size: _time(size.seconds("page"))),
    ]
    return _table(sizes, rows)


def whole(sizes: Sequence[SizeResult]) -> str:
    """Every step with time and memory, then what was asked of them."""
    asked: dict[str, Cell] = {
        "**Load over `read_csv` alone**": lambda size: _times(size.seconds("load"), size.seconds("read_csv")),
        "**`dbt run` over hand-written SQL**": lambda size: _times(
            size.seconds("dbt_run"), size.seconds("handwritten")
        ),
        "**One more day, load and `dbt build`**": lambda size: _time(size.seconds("load_day", "dbt_build_day")),
        "Warehouse file": lambda size: _bytes(size.detail("dbt_run", "warehouse_bytes")),
        "Published file": lambda size: _bytes(size.detail("publish", "serving_bytes")),
    }
    rows: list[tuple[str, Cell]] = [("Files", lambda size: f"{size.csv_bytes / 1e9:.2f} GB of CSV")]
    rows += [(label, _time_and_memory(step)) for step, label in STEP_LABELS.items()]
    rows += list(asked.items())
    return _table(sizes, rows)


def machine(result: BenchmarkResult) -> str:
    """What it was measured on."""
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.machine.items())
    return f"Measured {result.measured_at[:10]}: {said}."


def _table(sizes: Sequence[SizeResult], rows: Sequence[tuple[str, Cell]]) -> str:
    heads = "".join(f" {size.millions} M ({size.sale_lines:,} lines) |" for size in sizes)
    lines = [f"| |{heads}", "|---|" + "--:|" * len(sizes)]
    lines += [f"| {label} |" + "".join(f" {cell(size)} |" for size in sizes) for label, cell in rows]
    return "\n".join(lines)


def _time_and_memory(step: str) -> Cell:
    def cell(size: SizeResult) -> str:
        found: Measurement | None = size.of(step)
        if found is None:
            return "–"
        if found.failure is not None:
            return f"failed: {found.failure}"
        return f"{_time(found.seconds)} · {_bytes(found.peak_bytes)}"

    return cell


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"


def _bytes(count: float | None) -> str:
    if count is None:
        return "–"
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _times(seconds: float | None, by: float | None) -> str:
    return f"{seconds / by:.1f} ×" if seconds is not None and by else "–"
