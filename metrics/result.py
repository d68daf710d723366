"""What every question to the metrics gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["dimension", "time", "metric", "column"]
Value = bool | int | float | str | date | datetime | None
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result.

    Attributes:
        name: The name that was asked for.
        label: What to show above it.
        unit: `currency`, `count`, `units`, `ratio`, `days`, `date` or `text`; none where it is not known.
        kind: `metric`, `dimension`, `time` (a period) or `column` (of a table).
    """

    name: str
    label: str
    unit: str | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Result:
    """Rows and where they came from.

    Attributes:
        columns: One per column, in order.
        rows: One dictionary per row. Numbers are int or float, never Decimal; null is None.
        sql: The SQL as it ran.
        as_of: The business day that counts as today in these data.
        warnings: Plain sentences that belong beside the numbers.
        truncated: Whether rows were cut off at the most that the settings allow.
    """

    columns: tuple[Column, ...]
    rows: list[Row]
    sql: str
    as_of: date
    warnings: tuple[str, ...] = field(default=())
    truncated: bool = False

    def frame(self) -> pd.DataFrame:
        """The rows as a data frame: periods as datetime64, metrics as float64 with NaN for null."""
        import pandas as pd

        frame = pd.DataFrame(self.rows, columns=[column.name for column in self.columns])
        for column in self.columns:
            if column.kind == "metric":
                frame[column.name] = pd.to_numeric(frame[column.name]).astype("float64")
            elif column.unit == "date":
                frame[column.name] = pd.to_datetime(frame[column.name])
        return frame
