"""Decisions, on SQLite and on PostgreSQL: what each does, who may, and that none is taken twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from retail.errors import AlreadyDecided, Refused, StoreError
from retail.operational import audit
from retail.operational.decisions import Decisions, quantity_of, state_of
from retail.principal import LOCAL, Principal
from retail.vocabulary import DecisionAction, DraftState, Role
from tests.contract.operational.drafts import a_draft

APPROVE, CHANGE, REJECT, SNOOZE = DecisionAction
DRAFT = a_draft()
ID = str(DRAFT["draft_id"])


def test_an_approval_keeps_what_was_approved_by_whom(decisions: Decisions) -> None:
    made = decisions.decide(Principal("Ada", Role.MANAGER), DRAFT, APPROVE, quantity=18, reason="a fair on Sunday")
    assert decisions.latest() == {ID: made}
    assert (made.state, made.quantity_before, made.quantity_after) == (DraftState.APPROVED, 12, 18)
    assert (made.user, made.role, made.reason, made.run_id) == ("Ada", "manager", "a fair on Sunday", "run-1")
    assert (made.product, made.supplier, made.unit_cost, made.delivery_date) == (
        "Product 1",
        "Dairy Direct",
        1.25,
        date(2025, 6, 16),
    )


def test_an_approval_without_a_quantity_takes_the_one_that_stands(decisions: Decisions) -> None:
    changed = decisions.decide(LOCAL, DRAFT, CHANGE, quantity=6)
    assert (changed.state, quantity_of(changed, 12, "order")) == (DraftState.CHANGED, 6)
    approved = decisions.decide(LOCAL, DRAFT, APPROVE)
    assert (approved.quantity_before, approved.quantity_after) == (6, 6)
    assert [made.decision_id for made in decisions.history(ID)] == [f"{ID}-1", f"{ID}-2"]


def test_a_changed_order_says_nothing_of_a_transfer(decisions: Decisions) -> None:
    changed = decisions.decide(LOCAL, DRAFT, CHANGE, quantity=60)
    transfer = {**DRAFT, "kind": "transfer", "from_store_id": "S9", "order_quantity": 5.0}
    assert quantity_of(changed, 5, "transfer") == 5
    assert decisions.decide(LOCAL, transfer, APPROVE).quantity_after == 5


def test_a_snoozed_draft_opens_again_as_it_was_drafted(decisions: Decisions) -> None:
    decisions.decide(LOCAL, DRAFT, CHANGE, quantity=6)
    snoozed = decisions.decide(LOCAL, DRAFT, SNOOZE, today=date(2025, 6, 13))
    assert snoozed.snooze_until == date(2025, 6, 20)
    assert state_of(snoozed, date(2025, 6, 19)) is DraftState.SNOOZED
    assert state_of(snoozed, date(2025, 6, 20)) is DraftState.OPEN
    assert decisions.decide(LOCAL, {**DRAFT, "order_quantity": 24.0}, APPROVE).quantity_after == 24


@pytest.mark.parametrize("first", [APPROVE, REJECT])
def test_what_was_approved_or_rejected_stays_so(decisions: Decisions, first: DecisionAction) -> None:
    decisions.decide(Principal("Ada", Role.ADMIN), DRAFT, first, reason="late")
    others: list[tuple[DecisionAction, dict[str, object]]] = [
        (APPROVE, {"quantity": 6}),
        (CHANGE, {"quantity": 6}),
        (REJECT, {"reason": "other"}),
        (SNOOZE, {}),
    ]
    for action, arguments in others:
        with pytest.raises(AlreadyDecided, match=f"{ID} was .* by Ada on 20"):
            decisions.decide(LOCAL, DRAFT, action, **arguments)  # type: ignore[arg-type]
    assert len(decisions.history(ID)) == 1


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        (APPROVE, {}),
        (APPROVE, {"quantity": 12}),
        (CHANGE, {"quantity": 6}),
        (REJECT, {"reason": "late"}),
        (SNOOZE, {"snooze_until": date(2099, 1, 1)}),
    ],
)
def test_the_same_decision_again_is_the_first_one(
    decisions: Decisions, engine: Engine, action: DecisionAction, arguments: dict[str, object]
) -> None:
    first = decisions.decide(Principal("Ada", Role.MANAGER), DRAFT, action, **arguments)  # type: ignore[arg-type]
    assert decisions.decide(LOCAL, DRAFT, action, **arguments) == first  # type: ignore[arg-type]
    assert len(decisions.history(ID)) == len(audit.entries(engine)) == 1


def test_approvals_since_a_day_count_those_that_are_still_to_come(decisions: Decisions) -> None:
    decisions.decide(LOCAL, DRAFT, APPROVE)
    decisions.decide(LOCAL, a_draft(2), REJECT, reason="late")
    decided = decisions.latest()[ID].decided_at.date()
    assert [made.draft_id for made in decisions.approvals(decided)] == [ID]
    assert decisions.approvals(decided + timedelta(days=1)) == []
    late = decisions.decide(LOCAL, a_draft(3, delivery_date=decided + timedelta(days=9)), APPROVE)
    assert decisions.approvals(decided + timedelta(days=9)) == [late]


@pytest.mark.parametrize(
    ("principal", "draft"),
    [
        (Principal("Bo", Role.STAFF), DRAFT),
        (Principal("Bo", Role.ANALYST), DRAFT),
        (Principal("Bo", Role.MANAGER, ("files:S2",)), DRAFT),
        (Principal("Bo", Role.MANAGER, ("S1",)), a_draft(kind="transfer", from_store_id="files:S2")),
    ],
)
def test_nobody_decides_beyond_their_role_and_stores(
    decisions: Decisions, engine: Engine, principal: Principal, draft: dict[str, object]
) -> None:
    with pytest.raises(Refused) as raised:
        decisions.decide(principal, draft, APPROVE)
    assert raised.value.reason == "role"
    assert (decisions.latest(), audit.entries(engine)) == ({}, [])


@pytest.mark.parametrize("reference", ["files:S1", "S1"])
def test_a_manager_decides_for_their_own_store(decisions: Decisions, reference: str) -> None:
    manager = Principal("Bo", Role.MANAGER, ("files:S9", reference))
    assert decisions.decide(manager, DRAFT, APPROVE).user == "Bo"


def test_a_decision_and_its_audit_entry_are_kept_together_or_not_at_all(
    decisions: Decisions, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(audit, "append", fail)
        with pytest.raises(MemoryError):
            decisions.decide(LOCAL, DRAFT, APPROVE)
    assert decisions.latest() == {}
    decisions.decide(LOCAL, DRAFT, APPROVE)
    (entry,) = audit.entries(engine)
    assert (entry.action, entry.subject, entry.before) == ("draft.approve", f"draft:{ID}", None)
    assert '"quantity_after":12.0' in str(entry.after)


def test_a_store_that_went_away_is_told_as_such(decisions: Decisions, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table decisions")
    with pytest.raises(StoreError, match=r"decisions.*Try again"):
        decisions.decide(LOCAL, DRAFT, APPROVE)
