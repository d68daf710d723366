"""Telling a machine that ran out of something from a source that is wrong."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from retail.errors import PipelineError
from retail.workspace import Workspace

_OUT_OF_DISK = ("no space left", "file too large", "disk quota", "max_temp_directory_size", "offload data block")


def is_out_of_room(error: BaseException) -> bool:
    """Whether the disk or the memory was full; looks through the causes, since dlt wraps what it meets."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, duckdb.OutOfMemoryException | MemoryError):
            return True
        if isinstance(seen, OSError) and seen.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}:
            return True
        if any(words in str(seen).lower() for words in _OUT_OF_DISK):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


@contextmanager
def load_failures(workspace: Workspace, source: str) -> Iterator[None]:
    """Say in plain words why a load stopped.

    Raises:
        PipelineError: The disk or the memory was full, or the warehouse could not be written.
    """
    try:
        yield
    except (duckdb.Error, OSError, MemoryError) as error:
        raise stopped(workspace, source, error) from error


def stopped(workspace: Workspace, source: str, error: BaseException) -> PipelineError:
    """The error for a load that could not be finished."""
    kept = "What was loaded before is kept; the next run takes up this load."
    if is_out_of_room(error):
        return PipelineError(
            f"{source}: the load stopped because disk space or memory ran out. Free some space on the disk of "
            f"{workspace.root}, or raise TILLSIGHT_WAREHOUSE_MEMORY_LIMIT, and run again. {kept}"
        )
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return PipelineError(f"{source}: the load into {workspace.warehouse} stopped: {first} {kept}")
