"""Which sales, receivings and log rows must be read again, since OSPOS leaves no stamp on what it changes.

One look at the start of a load sets the highest ids; nothing above them is read, so that all tables of a load speak
of the same documents however busy the shop is. Looked at again are: the new ones; those of the last days; suspended
sales, which become sales under their old number; and those that new rows of the stock log name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from connectors.incremental.table import Cursor
from connectors.ospos.client import OsposClient
from connectors.ospos.clock import ShopClock
from connectors.ospos.tables import DOCUMENTS

RECENT_DAYS: Final = 3
IDS_PER_STATEMENT: Final = 2_000
_NAMED: Final = {
    "sales": re.compile(r"(?:POS|Deleting sale) (\d+)"),
    "receivings": re.compile(r"(?:RECV|Deleting receiving) (\d+)"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a table has been read, and what its blocks added up to when they were last looked at.

    Attributes:
        id: Highest number of a document.
        trans: Highest number in the stock log.
        blocks: Checksum of each block of documents; empty before the first deep load.
    """

    id: int = 0
    trans: int = 0
    blocks: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Cursor | None) -> Seen:
        """What a cursor says."""
        if cursor is None:
            return cls()
        return cls(**json.loads(str(cursor)))

    @property
    def cursor(self) -> str:
        """As the engine keeps it."""
        return json.dumps({"id": self.id, "trans": self.trans, "blocks": self.blocks}, separators=(",", ":"))


class Documents:
    """The documents of one load: what there is, and what has to be read again."""

    def __init__(self, client: OsposClient, clock: ShopClock, reread_days: int, readable: frozenset[str]) -> None:
        self._client = client
        self._clock = clock
        self._reread_days = reread_days
        self._readable = readable
        self._touched: dict[tuple[str, int, int, bool], list[int]] = {}

    @cached_property
    def highest(self) -> dict[str, int]:
        """Highest number of each kind of document when this load began; 0 for none."""
        return {kind: self._highest(kind) for kind in DOCUMENTS if kind in self._readable}

    @cached_property
    def today(self) -> datetime:
        """The shop's day at this load's beginning, by the server's clock and the shop's zone."""
        (now,) = self._client.one("select utc_timestamp() as now", "the clock")
        moment = datetime.fromisoformat(str(now)).replace(tzinfo=UTC)
        return self._clock.to_wall(moment).replace(hour=0, minute=0, second=0, microsecond=0)

    def seen(self, kind: str) -> Seen | None:
        """How far a load that begins now reads; None where there are no documents."""
        highest = self.highest[kind]
        return Seen(highest, self.highest.get("inventory", 0)) if highest else None

    def touched(self, kind: str, since: Seen, *, is_deep: bool) -> list[int]:
        """Numbers up to `since.id` that have to be read again, in order."""
        asked = (kind, since.id, since.trans, is_deep)
        if asked not in self._touched:
            found = self._recent(kind, is_deep=is_deep)
            if kind == "sales":
                found |= self._suspended()
            if kind in _NAMED and "inventory" in self._readable:
                found |= self._named(kind, since.trans)
            self._touched[asked] = sorted(number for number in found if number <= since.id)
        return self._touched[asked]

    def _highest(self, kind: str) -> int:
        column, _ = DOCUMENTS[kind]
        (highest,) = self._client.one(f"select max(`{column}`) as n from {self._client.table(kind)}", kind)
        return int(highest or 0)

    def _recent(self, kind: str, *, is_deep: bool) -> set[int]:
        column, time = DOCUMENTS[kind]
        days = self._reread_days if is_deep else RECENT_DAYS
        since = (self.today - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
        return self._ids(f"select `{column}` from {self._client.table(kind)} where `{time}` >= '{since}'", kind)

    def _suspended(self) -> set[int]:
        return self._ids(f"select `sale_id` from {self._client.table('sales')} where `sale_status` = 1", "sales")

    def _named(self, kind: str, trans: int) -> set[int]:
        sql = f"select `trans_comment` from {self._client.table('inventory')} where `trans_id` > {trans}"
        found = (_NAMED[kind].fullmatch(comment or "") for (comment,) in self._client.rows(sql, "inventory"))
        return {int(match[1]) for match in found if match}

    def _ids(self, sql: str, what: str) -> set[int]:
        return {int(number) for (number,) in self._client.rows(sql, what) if number is not None}


def portions(ids: Iterable[int]) -> Iterator[list[int]]:
    """The numbers in lists of what one statement may name."""
    numbers = list(ids)
    for start in range(0, len(numbers), IDS_PER_STATEMENT):
        yield numbers[start : start + IDS_PER_STATEMENT]
