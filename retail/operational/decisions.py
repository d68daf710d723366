"""Decisions on reorder drafts: who approved, changed, rejected or snoozed what. They outlive the run that drafted it.

A decision and its audit entry are one transaction, and decisions are taken one at a time, so that neither a killed
process nor two people at once lose or double one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, or_, select

from retail.errors import AlreadyDecided
from retail.operational import audit
from retail.operational.database import OpenedStore
from retail.operational.draft import Draft
from retail.operational.tables import decisions
from retail.operational.wishes import Wish, must_be_allowed
from retail.principal import Principal
from retail.vocabulary import DecisionAction, DraftState

_STATES: Final = {
    DecisionAction.APPROVE: DraftState.APPROVED,
    DecisionAction.CHANGE: DraftState.CHANGED,
    DecisionAction.REJECT: DraftState.REJECTED,
    DecisionAction.SNOOZE: DraftState.SNOOZED,
}
_FINAL: Final = frozenset({DraftState.APPROVED, DraftState.REJECTED})


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on one draft, with what the draft said when it was taken.

    Attributes:
        decision_id: The draft's id and which decision on it this is: `0123456789abcdef-1`.
        draft_id: The draft.
        action: What was done.
        state: How the draft stands since.
        quantity_before: Quantity before: the draft's, or what somebody had changed it to.
        quantity_after: Quantity since; the same where the decision leaves it alone.
        reason: Why, in the person's words.
        snooze_until: First day on which a snoozed draft is open again.
        user: Who decided, in `role`.
        decided_at: When, UTC.
        run_id: The run that had drafted it.
        kind: `order` or `transfer`.
        product_id: What; `sku` and `product` are for people.
        store_id: Where to; `from_store_id` says where from if it is a transfer.
        supplier_id: From whom; null if that is unknown. `supplier` is for people.
        order_date: When to order.
        delivery_date: When it is expected.
        unit_cost: Cost of a unit in `currency`; null if it is unknown.
    """

    decision_id: str
    draft_id: str
    action: DecisionAction
    state: DraftState
    quantity_before: float
    quantity_after: float
    reason: str | None
    snooze_until: date | None
    user: str
    role: str
    decided_at: datetime
    run_id: str | None
    kind: str
    product_id: str
    sku: str | None
    product: str | None
    store_id: str
    from_store_id: str | None
    supplier_id: str | None
    supplier: str | None
    order_date: date
    delivery_date: date
    unit_cost: float | None
    currency: str | None


def state_of(decision: Decision | None, today: date) -> DraftState:
    """How a draft stands on a day: a snoozed one is open again from its date on."""
    if decision is None:
        return DraftState.OPEN
    is_awake = decision.snooze_until is not None and decision.snooze_until <= today
    return DraftState.OPEN if decision.state is DraftState.SNOOZED and is_awake else decision.state


def quantity_of(decision: Decision | None, proposed: float, kind: str) -> float:
    """The quantity that stands: what people made of it, else what the draft proposes. Snoozing drops a change.

    So does another kind of draft: how many to order says nothing of how many another store can give.
    """
    if decision is None or decision.state is DraftState.SNOOZED:
        return proposed
    is_of_another_kind = decision.state is DraftState.CHANGED and decision.kind != kind
    return proposed if is_of_another_kind else decision.quantity_after


class Decisions(OpenedStore):
    """Reads and takes decisions of one workspace."""

    def decide(
        self,
        principal: Principal,
        draft: Mapping[str, object],
        action: DecisionAction,
        *,
        quantity: float | None = None,
        reason: str | None = None,
        snooze_until: date | None = None,
        today: date | None = None,
    ) -> Decision:
        """Decide on a draft. The same decision again is answered with the first one.

        Args:
            principal: Who decides.
            draft: Its row of `fct_reorder_drafts`, as the person saw it.
            action: What to do.
            quantity: With `change` the new quantity; with `approve` the one to approve, null for what stands.
            reason: Why; a rejection needs one.
            snooze_until: With `snooze`, the first day on which the draft is open again; null means in seven days.
            today: Day of the published data; null means now, or the draft's order date where that is past.

        Raises:
            Refused: The role or the stores of the principal do not allow it.
            AlreadyDecided: It was approved or rejected before.
            UnusableRequest: No such draft, or a quantity, reason or date that cannot be used.
            StoreError: The store could not be written; nothing was decided.
        """
        seen = Draft.of(draft)
        must_be_allowed(principal, seen)
        today = today or min(datetime.now(UTC).date(), seen.order_date)
        wish = Wish.checked(seen, action, quantity, reason, snooze_until, today)
        with audit.recording(self._engine) as connection:
            last = _latest_of(connection, seen.draft_id)
            if last is not None and wish.is_what(last):
                return last
            if last is not None and last.state in _FINAL:
                raise AlreadyDecided(
                    f"Draft {seen.draft_id} was {last.state.value} by {last.user} on "
                    f"{last.decided_at:%Y-%m-%d at %H:%M} UTC, and that stays. A later run drafts what is missing then."
                )
            decision = _decision(principal, seen, wish, last)
            connection.execute(insert(decisions).values(_row(decision)))
            before = None if last is None else asdict(last)
            subject = f"draft:{seen.draft_id}"
            audit.append(connection, principal, f"draft.{action.value}", subject, before, asdict(decision))
        return decision

    def latest(self) -> dict[str, Decision]:
        """The decision that holds, by draft."""
        newest = select(decisions.c.draft_id, func.max(decisions.c.number).label("number")).group_by(
            decisions.c.draft_id
        )
        last = newest.subquery()
        query = select(decisions).join(
            last, and_(decisions.c.draft_id == last.c.draft_id, decisions.c.number == last.c.number)
        )
        return {decision.draft_id: decision for decision in self._read(query)}

    def approvals(self, since: date) -> list[Decision]:
        """Approvals since a day (UTC), and older ones whose delivery is due on that day or later, the oldest first."""
        start = datetime.combine(since, time(), UTC)
        query = select(decisions).where(
            decisions.c.state == DraftState.APPROVED,
            or_(decisions.c.decided_at >= start, decisions.c.delivery_date >= since),
        )
        return self._read(query.order_by(decisions.c.decided_at, decisions.c.decision_id))

    def history(self, draft_id: str) -> list[Decision]:
        """Every decision on a draft, the oldest first."""
        return self._read(select(decisions).where(decisions.c.draft_id == draft_id).order_by(decisions.c.number))

    def _read(self, query: Select[Any]) -> list[Decision]:
        with self._engine.connect() as connection:
            return [_read_row(row) for row in connection.execute(query).mappings()]


def _decision(principal: Principal, draft: Draft, wish: Wish, last: Decision | None) -> Decision:
    before = quantity_of(last, draft.order_quantity, draft.kind)
    unchanged = draft.order_quantity if wish.action is DecisionAction.SNOOZE else before
    number = 1 if last is None else _number(last) + 1
    return Decision(
        decision_id=f"{draft.draft_id}-{number}",
        action=wish.action,
        state=_STATES[wish.action],
        quantity_before=before,
        quantity_after=unchanged if wish.quantity is None else wish.quantity,
        reason=wish.reason,
        snooze_until=wish.snooze_until,
        user=principal.user,
        role=principal.role.value,
        decided_at=datetime.now(UTC),
        **draft.model_dump(exclude={"order_quantity", "reasons"}),
    )


def _number(decision: Decision) -> int:
    return int(decision.decision_id.rpartition("-")[2])


def _latest_of(connection: Connection, draft_id: str) -> Decision | None:
    query = select(decisions).where(decisions.c.draft_id == draft_id).order_by(decisions.c.number.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else _read_row(row)


def _row(decision: Decision) -> dict[str, object]:
    content = asdict(decision)
    user = content.pop("user")
    return {**content, "actor": user, "number": _number(decision)}


def _read_row(row: RowMapping) -> Decision:
    content = {field.name: row["actor" if field.name == "user" else field.name] for field in fields(Decision)}
    return Decision(**{**content, "action": DecisionAction(row["action"]), "state": DraftState(row["state"])})
