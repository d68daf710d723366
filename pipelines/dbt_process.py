"""The process that dbt runs in: it ends when the pipeline that started it does, even when that one is killed.

The pipeline holds the other end of standard input and never writes. When it dies, however it dies, the pipe closes, and
dbt must not go on writing the warehouse while the next run starts. DuckDB's log makes the sudden end safe.
"""

from __future__ import annotations

import os
import sys
import threading


def main() -> None:
    """Run dbt with this process's arguments."""
    threading.Thread(target=_end_with_the_pipeline, daemon=True).start()
    from dbt.cli.main import cli

    cli()


def _end_with_the_pipeline() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
