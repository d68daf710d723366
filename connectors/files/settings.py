"""The files connector's section of `sources.yaml`, and how files are read."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.source import SourceConfig

AUTOMATIC = "auto"
"""Instead of an encoding: find it out, file by file."""

DecimalMark = Literal[".", ","]
DateOrder = Literal["dmy", "mdy", "ymd"]


class ReadingOptions(BaseModel):
    """How the values of a file are written. What is unset is found out, or is as the template's.

    Attributes:
        encoding: Encoding of text files, by its common name (windows-1252, cp850, shift_jis …); `auto` finds it out.
        delimiter: Separator of text files; unset means the one that takes the lines apart most evenly.
        decimal: What stands before the decimals. Set, thousands separators, currency signs, trailing minuses and
            parentheses are read too; unset, numbers are plain and have a point.
        date_order: What comes first in dates; unset, dates are ISO (2024-05-31).
        header_line: Record with the column names, counted from 1; unset, the first that looks like names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoding: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    decimal: DecimalMark | None = None
    date_order: DateOrder | None = None
    header_line: int | None = Field(None, ge=1)

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        if value is None or value == AUTOMATIC:
            return value
        try:
            codec = codecs.lookup(value)
        except LookupError as error:
            raise ValueError(f"{value!r} is no encoding such as utf-8 or windows-1252") from error
        # Python calls base64 and the like codecs as well
        if not getattr(codec, "_is_text_encoding", True):
            raise ValueError(f"{value!r} is no encoding of text")
        return value

    @property
    def reading(self) -> dict[str, object]:
        """What is set, by name."""
        return self.model_dump(include=set(ReadingOptions.model_fields), exclude_none=True)


class FilesSource(ReadingOptions, SourceConfig):
    """A folder of files, or a single one.

    Attributes:
        path: Folder to read, subfolders too, or a file; relative to the workspace.
        mapping: YAML file that says how foreign files fill the template; relative to the workspace.
        encoding: As above; UTF-8 where unset.
    """

    type: Literal["files"]
    path: Path = Path("incoming")
    mapping: Path | None = None

    def read_as(self, options: ReadingOptions | None) -> FilesSource:
        """The same source, read with what `options` set."""
        return self.model_copy(update=options.reading) if options is not None else self
