"""The audit: who did what, when, with what before and after. Only ever added to, each entry chained to the one before.

    hash = sha256(previous_hash + canonical JSON of the other columns)

The first entry's `previous_hash` is 64 zeros. Triggers refuse changes, removals and entries that do not follow the
head; `verify` finds what was done around them (see docs/operate/decisions.md for what it cannot find).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Engine, RowMapping, insert, select
from sqlalchemy.exc import DBAPIError

from retail.errors import StoreError
from retail.operational.database import reading, writing
from retail.operational.recorded import first_difference
from retail.operational.tables import audit, audit_head
from retail.principal import Principal

GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry.

    Attributes:
        sequence: 1, 2, 3 and so on, without a gap.
        at: When, UTC.
        actor: Who.
        role: The role that they acted in.
        action: What was done, such as `draft.approve` or `term.set`.
        subject: What it was done to, such as `draft:0123456789abcdef`.
        before: What held before, canonical JSON; null where there was nothing.
        after: What holds since, canonical JSON; null where there is nothing any more.
        previous_hash: Hash of the entry before.
        hash: Hash of this one.
    """

    sequence: int
    at: datetime
    actor: str
    role: str
    action: str
    subject: str
    before: str | None
    after: str | None
    previous_hash: str
    hash: str

    def expected_hash(self) -> str:
        """The hash that the entry should have."""
        content = {name: value for name, value in asdict(self).items() if name not in {"hash", "previous_hash"}}
        content["at"] = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return hashlib.sha256((self.previous_hash + canonical(content)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What `verify` found.

    Attributes:
        entries: Entries there are.
        is_intact: Whether the chain is whole.
        first_broken: Number of the first entry that is not as it was written, or that the store differs from; null if
            there is none.
        head: Hash of the newest entry. Keep it elsewhere: with it `verify` finds a chain that was made anew.
        problem: What is wrong, in a sentence; null if nothing is.
    """

    entries: int
    is_intact: bool
    first_broken: int | None
    head: str
    problem: str | None


def canonical(content: object) -> str:
    """JSON with sorted keys and no spaces: the same content is always the same text. Dates are in ISO 8601."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_text
    )


@contextmanager
def recording(engine: Engine) -> Iterator[Connection]:
    """A transaction for a business action and its audit entry: both are kept, or neither. One at a time, everywhere.

    Raises:
        StoreError: The database refused or went away.
    """
    try:
        with writing(engine) as connection:
            _locked_head(connection)
            yield connection
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise StoreError(
            f"The operational store did not record it: {reason}. Try again; nothing is ever recorded twice."
        ) from error


def append(
    connection: Connection,
    principal: Principal,
    action: str,
    subject: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> AuditEntry:
    """Add an entry inside the transaction of `recording` that does what the entry tells of."""
    sequence, previous_hash = _locked_head(connection)
    unsigned = AuditEntry(
        sequence=sequence + 1,
        at=datetime.now(UTC),
        actor=principal.user,
        role=principal.role.value,
        action=action,
        subject=subject,
        before=None if before is None else canonical(before),
        after=None if after is None else canonical(after),
        previous_hash=previous_hash,
        hash="",
    )
    content = {**asdict(unsigned), "hash": unsigned.expected_hash()}
    connection.execute(insert(audit).values(content))
    return AuditEntry(**content)


def entries(engine: Engine, *, limit: int = 100, subject: str | None = None) -> list[AuditEntry]:
    """The newest entries, the newest first; of one subject if one is given."""
    query = select(audit).order_by(audit.c.sequence.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    with engine.connect() as connection:
        return [_entry(row) for row in connection.execute(query).mappings()]


def verify(engine: Engine, *, known_head: str | None = None) -> AuditReport:
    """Check every link of the chain, that it ends at the head, and that decisions and terms are what it tells.

    Args:
        engine: The operational store.
        known_head: A head that was noted before; the chain must hold it still.
    """
    query = select(audit).order_by(audit.c.sequence).execution_options(yield_per=1000)
    previous, count, has_known = GENESIS, 0, known_head in {None, GENESIS}
    broken: tuple[int, str] | None = None
    with reading(engine) as connection:
        head = connection.execute(select(audit_head.c.sequence, audit_head.c.hash)).one()
        for row in connection.execute(query).mappings():
            entry, count = _entry(row), count + 1
            broken = broken or _problem_of(entry, count, previous)
            has_known = has_known or entry.hash == known_head
            previous = entry.hash
        if broken is None and (count, previous) != tuple(head):
            at = min(count, head.sequence) + 1
            broken = (at, f"the head says {head.sequence} entries, and there are {count}")
        if broken is None and not has_known:
            broken = (1, f"no entry has the hash {known_head}: the chain was made anew, or an older backup restored")
        broken = broken or first_difference(connection, count)
    return AuditReport(count, broken is None, broken and broken[0], previous, broken and broken[1])


def _problem_of(entry: AuditEntry, position: int, previous: str) -> tuple[int, str] | None:
    if entry.sequence != position:
        return position, f"entry {position} is missing"
    if entry.previous_hash != previous:
        return position, f"entry {position} does not follow the one before"
    if entry.hash != entry.expected_hash():
        return position, f"entry {position} was changed"
    return None


def _locked_head(connection: Connection) -> tuple[int, str]:
    """The newest entry's number and hash, held until the transaction ends (SQLite holds the whole file already)."""
    row = connection.execute(select(audit_head.c.sequence, audit_head.c.hash).with_for_update()).one()
    return row.sequence, row.hash


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(**{field.name: row[field.name] for field in fields(AuditEntry)})


def _as_text(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else str(value)
