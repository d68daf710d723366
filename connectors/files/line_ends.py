"""Files whose lines end now this way, now that way: exports glued together on different systems."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO, Final, cast

from retail.errors import SourceError

_CHUNK: Final = 1 << 20


class UnevenLineEnds(SourceError):
    """DuckDB cannot read a file because its lines do not all end alike."""


def open_bytes(path: Path) -> IO[bytes]:
    """A file for reading, unpacked when it is packed."""
    return cast(IO[bytes], gzip.open(path, "rb")) if path.name.lower().endswith(".gz") else path.open("rb")


def with_even_line_ends(path: Path, copy: Path) -> Path:
    """Write a copy of a file in which every line ends in a line feed; line numbers stay what they were."""
    with open_bytes(path) as source, copy.open("wb") as target:
        carried = b""
        while chunk := source.read(_CHUNK):
            chunk = carried + chunk
            # a carriage return at the very end may be the first half of a pair
            carried = b"\r" if chunk.endswith(b"\r") else b""
            target.write(chunk.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        target.write(carried.replace(b"\r", b"\n"))
    return copy
