"""The files connector's section of `sources.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from connectors.source import SourceConfig


class FilesSource(SourceConfig):
    """A folder of CSV and Parquet files.

    Attributes:
        path: Folder to read, subfolders too; relative to the workspace.
        mapping: YAML file that says how foreign files fill the template; relative to the workspace.
        encoding: Text encoding of the CSV files. UTF-16 is recognised by its byte-order mark.
        delimiter: Separator of the CSV files; unset means the commonest of , ; tab and | in the header.
    """

    type: Literal["files"]
    path: Path = Path("incoming")
    mapping: Path | None = None
    encoding: Literal["utf-8", "utf-16", "latin-1"] = "utf-8"
    delimiter: str | None = Field(None, min_length=1, max_length=1)
