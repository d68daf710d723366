"""`python -m benchmarks.connectors --lines 1`: each connector beside what its protocol alone gives, in one run.

Writes the tables of `docs/benchmarks.md` between its markers, and prints them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks import files
from benchmarks.report import between_markers
from benchmarks.servers import odoo, ospos

ROOT: Final = Path(__file__).parent.parent
DOCUMENT: Final = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Measure the servers, then files of the sizes that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.connectors", description=__doc__)
    parser.add_argument("--lines", type=int, default=1, help="millions of sale lines on the servers (default: 1)")
    parser.add_argument("--files", default="1,10", help="millions of lines in a file (default: 1,10)")
    arguments = parser.parse_args()
    lines = arguments.lines * 1_000_000
    data = ROOT / "data"
    data.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=data) as temporary:
        folder = Path(temporary)
        table = servers(
            [odoo.measure(folder, lines, odoo.FASTEST_MEASURED), odoo.measure(folder, lines, 0)],
            ospos.measure(folder, lines),
        )
    for name, body in (("servers", table), ("files", files.table([int(size) for size in arguments.files.split(",")]))):
        said = f"Measured {datetime.now(UTC):%Y-%m-%d} with two threads.\n\n{body}"
        DOCUMENT.write_text(between_markers(DOCUMENT.read_text(), name, said))
        print(f"{said}\n")
    return 0


def servers(odoos: list[odoo.OdooFigures], database: ospos.OsposFigures) -> str:
    """The table of servers."""
    rows = [
        "| | rows | protocol alone, rows/s | first load, rows/s | ratio | sync without changes | nightly re-read |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for found in odoos:
        limit = f"held to {found.server:,} records/s" if found.server else "as fast as it can"
        rows.append(
            f"| Odoo 19, server {limit} | {found.records:,} | {found.bare:,.0f} | {found.loaded:,.0f}"
            f" | {found.ratio:.0%} | {found.no_change_seconds:.1f} s | – |"
        )
    rows.append(
        f"| OSPOS on MariaDB | {database.rows:,} | {database.alone:,.0f} | {database.loaded:,.0f}"
        f" | {database.ratio:.0%} | {database.no_change_seconds:.1f} s | {database.nightly_seconds:.1f} s |"
    )
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
