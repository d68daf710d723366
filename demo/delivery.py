"""Files that appear all at once: a killed or failed maker leaves nothing that could be taken for data."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from retail.errors import PipelineError, UnusableRequest


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where to write while making.

    Attributes:
        files: Becomes the folder that was asked for.
        aside: Becomes the folder beside it, if one was asked for.
    """

    files: Path
    aside: Path


@contextmanager
def delivered(folder: Path, aside: Path | None = None) -> Iterator[Delivery]:
    """Give a place to write, and move it to `folder` when the block ends well.

    Args:
        folder: Where the files go; made if missing. It must be empty.
        aside: A second folder to fill, on the same disk; what is there is replaced.

    Raises:
        UnusableRequest: The folder holds files.
        PipelineError: The files cannot be written, for instance because the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UnusableRequest(f"{folder} holds files already: empty it, or name another folder for the demo data.")
        making = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
        try:
            delivery = Delivery(making / "files", making / "aside")
            delivery.files.mkdir()
            delivery.aside.mkdir()
            yield delivery
            if aside is not None:
                shutil.rmtree(aside, ignore_errors=True)
                delivery.aside.replace(aside)
            delivery.files.replace(folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    except (OSError, duckdb.IOException) as error:
        raise PipelineError(
            f"The demo data could not be written to {folder}: {error}. Make room there and try again."
        ) from error


def remove_leftovers(folder: Path) -> None:
    """Remove what killed makers of `folder` left beside it. No other maker may be at work."""
    for leftover in folder.parent.glob(f"{_prefix(folder)}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _prefix(folder: Path) -> str:
    return f".{folder.name}.making-"
