"""How far a table has been read. dlt keeps it in the warehouse, committed together with the rows that it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, Self

from connectors.incremental.table import Cursor, Key

SWEEP_EVERY: Final = timedelta(hours=20)
"""Time between two wide re-reads and comparisons of keys: less than a day, so that each night's run makes one."""


@dataclass(frozen=True, slots=True)
class TableState:
    """State of one table.

    Attributes:
        definition: Fingerprint of the declaration that its rows were made by; when a release changes that, the table is
            read anew, and its old rows serve until the new ones are there.
        phase: `first` while the first load goes on, then `live`.
        after: In the first load, the highest key that is in the warehouse.
        cursor: Where changes are read from; in the first load, taken before its first row was read.
        swept_at: When it was last re-read widely and its keys were compared, UTC in ISO form.
    """

    definition: str
    phase: Literal["first", "live"]
    after: Key | None = None
    cursor: Cursor | None = None
    swept_at: str | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self | None:
        """The state that dlt kept; None where there is none."""
        if not kept:
            return None
        return cls(kept["definition"], kept["phase"], kept.get("after"), kept.get("cursor"), kept.get("swept_at"))

    def as_kept(self) -> dict[str, Any]:
        """What dlt keeps."""
        return asdict(self)

    def is_sweep_due(self, now: datetime) -> bool:
        """Whether the wide re-read is due; also when the last one lies in the future, as after a clock was set back."""
        if self.swept_at is None:
            return True
        age = now - datetime.fromisoformat(self.swept_at)
        return not timedelta(0) <= age < SWEEP_EVERY

    def gone_on(self, *, cursor: Cursor | None, swept_at: datetime | None) -> Self:
        """The state after changes were read: a cursor or sweep that is None stays as it was."""
        return replace(
            self,
            phase="live",
            after=None,
            cursor=self.cursor if cursor is None else cursor,
            swept_at=self.swept_at if swept_at is None else swept_at.astimezone(UTC).isoformat(),
        )
