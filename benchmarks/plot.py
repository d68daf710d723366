"""The plot of growth: seconds and memory against sale lines, on logarithmic axes, beside linear growth."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.process import elsewhere
from benchmarks.results import SizeResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Read = Callable[[SizeResult], float | None]

# Colours of Okabe and Ito, which people with any colour vision can tell apart; product solid, baselines dashed.
TIMES: Final[tuple[tuple[str, str, str, Read], ...]] = (
    ("Load files", "#0072B2", "-", lambda size: size.seconds("load")),
    ("DuckDB read_csv alone", "#0072B2", "--", lambda size: size.seconds("read_csv")),
    ("dbt run, full", "#D55E00", "-", lambda size: size.seconds("dbt_run")),
    ("Hand-written SQL", "#D55E00", "--", lambda size: size.seconds("handwritten")),
    ("pandas, fewer tables", "#999999", "--", lambda size: size.seconds("pandas")),
    ("One more day: load and dbt build", "#009E73", "-", lambda size: size.seconds("load_day", "dbt_build_day")),
    ("Publish", "#CC79A7", "-", lambda size: size.seconds("publish")),
    ("Sales page, warm", "#E69F00", "-", lambda size: size.seconds("page")),
    ("Metric query, warm", "#56B4E9", "-", lambda size: size.seconds("metric_query")),
)
MEMORY: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("Load files", "#0072B2", "-", "load"),
    ("dbt run, full", "#D55E00", "-", "dbt_run"),
    ("Hand-written SQL", "#D55E00", "--", "handwritten"),
    ("pandas, fewer tables", "#999999", "--", "pandas"),
    ("Publish", "#CC79A7", "-", "publish"),
    ("Sales page, warm", "#E69F00", "-", "page"),
)


def draw(sizes: Sequence[SizeResult], path: Path) -> None:
    """Draw the growth over the sizes and save it as a PNG, in a process that leaves the home folder alone."""
    with tempfile.TemporaryDirectory(prefix="tillsight-plot-") as folder:
        elsewhere(_draw, tuple(sizes), path, folder)


def _draw(sizes: Sequence[SizeResult], path: Path, settings_folder: str) -> None:
    os.environ["MPLCONFIGDIR"] = settings_folder
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, (times, memory) = pyplot.subplots(1, 2, figsize=(13, 5.6), width_ratios=(1.25, 1), layout="constrained")
    for label, colour, style, read in TIMES:
        _line(times, sizes, read, label, colour, style)
    for label, colour, style, step in MEMORY:
        _line(memory, sizes, _memory_of(step), label, colour, style)
    _finish(times, sizes, "Time, seconds")
    _finish(memory, sizes, "Peak memory of the step's process, GB")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _memory_of(step: str) -> Read:
    def read(size: SizeResult) -> float | None:
        found = size.of(step)
        return found.peak_bytes / 1e9 if found and found.failure is None else None

    return read


def _line(axes: Axes, sizes: Sequence[SizeResult], read: Read, label: str, colour: str, style: str) -> None:
    points = [(size.sale_lines / 1e6, value) for size in sizes if (value := read(size)) is not None]
    if points:
        across, up = zip(*points, strict=True)
        axes.plot(across, up, style, color=colour, marker="o", markersize=4, label=label)


def _finish(axes: Axes, sizes: Sequence[SizeResult], label: str) -> None:
    from matplotlib.ticker import LogLocator

    lines = [size.sale_lines / 1e6 for size in sizes]
    axes.set(xscale="log", yscale="log", xlabel="Sale lines, millions", ylabel=label)
    axes.set_xticks(lines, [f"{size.millions}" for size in sizes])
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.minorticks_off()
    bottom, top = axes.get_ylim()
    start = (bottom * top) ** 0.5 * (lines[0] / lines[-1]) ** 0.5
    axes.plot(lines, [start * line / lines[0] for line in lines], ":", color="black", label="Linear growth")
    axes.grid(visible=True, which="major", color="#dddddd")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(0, -0.14), ncols=2, frameon=False)
