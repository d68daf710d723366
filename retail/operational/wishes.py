"""What a person wants done with a draft, checked before the store is touched."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Self

from retail.errors import Refused, UnusableRequest
from retail.vocabulary import DecisionAction

if TYPE_CHECKING:
    from retail.operational.decisions import Decision
    from retail.operational.draft import Draft
    from retail.principal import Principal

SNOOZE_DAYS: Final = 7
"""How long a draft is snoozed unless a date is given."""

_LONGEST_REASON: Final = 1000


def must_be_allowed(principal: Principal, draft: Draft) -> None:
    """See that the role may decide and that every store of the draft is the principal's, a transfer's both.

    Raises:
        Refused: One of them is not so.
    """
    if not principal.may_decide:
        raise Refused(
            f"The role {principal.role.value} may not decide on reorder drafts; a manager or an admin can.", "role"
        )
    for store_id in filter(None, (draft.store_id, draft.from_store_id)):
        if not principal.may_act_on(store_id):
            raise Refused(
                f"Draft {draft.draft_id} concerns store {store_id}, and {principal.user} may decide for "
                f"{', '.join(principal.stores)} only.",
                "role",
            )


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants done.

    Attributes:
        action: What to do.
        quantity: The quantity asked for; null leaves it alone.
        reason: Why; null where nothing was said.
        snooze_until: First day on which the draft is open again; null unless it is snoozed.
    """

    action: DecisionAction
    quantity: float | None
    reason: str | None
    snooze_until: date | None

    @classmethod
    def checked(
        cls,
        draft: Draft,
        action: DecisionAction,
        quantity: float | None,
        reason: str | None,
        snooze_until: date | None,
        today: date,
    ) -> Self:
        """Check what was asked for.

        Raises:
            UnusableRequest: Something is missing, does not go with the action, or cannot be.
        """
        reason = (reason or "").strip() or None
        if action is DecisionAction.REJECT and reason is None:
            raise UnusableRequest(f"To reject draft {draft.draft_id}, say why: the reason is kept with the decision.")
        if reason is not None and len(reason) > _LONGEST_REASON:
            raise UnusableRequest(f"The reason has {len(reason)} characters; at most {_LONGEST_REASON} are kept.")
        return cls(
            action, _quantity(draft, action, quantity), reason, _snooze_until(draft, action, snooze_until, today)
        )

    def is_what(self, decision: Decision) -> bool:
        """Whether a decision did exactly this already."""
        if self.action is not decision.action:
            return False
        match self.action:
            case DecisionAction.APPROVE:
                return self.quantity in {None, decision.quantity_after}
            case DecisionAction.CHANGE:
                return self.quantity == decision.quantity_after and self.reason in {None, decision.reason}
            case DecisionAction.REJECT:
                return self.reason == decision.reason
            case DecisionAction.SNOOZE:
                return self.snooze_until == decision.snooze_until


def _quantity(draft: Draft, action: DecisionAction, quantity: float | None) -> float | None:
    if action in {DecisionAction.REJECT, DecisionAction.SNOOZE}:
        if quantity is not None:
            raise UnusableRequest(f"A quantity goes with approve or change, not with {action.value}.")
        return None
    if quantity is None:
        if action is DecisionAction.CHANGE:
            raise UnusableRequest(f"To change draft {draft.draft_id}, give the new quantity.")
        return None
    if not math.isfinite(quantity) or quantity <= 0:
        raise UnusableRequest(
            f"The quantity of draft {draft.draft_id} must be a number above 0, not {quantity:g}. "
            "Reject the draft to order nothing."
        )
    if not float(quantity).is_integer() and not draft.comes_in_fractions:
        raise UnusableRequest(
            f"{draft.product or draft.product_id} is counted in whole units: {quantity:g} cannot be ordered."
        )
    return float(quantity)


def _snooze_until(draft: Draft, action: DecisionAction, snooze_until: date | None, today: date) -> date | None:
    if action is not DecisionAction.SNOOZE:
        if snooze_until is not None:
            raise UnusableRequest(f"A date goes with snooze, not with {action.value}.")
        return None
    until = snooze_until or today + timedelta(days=SNOOZE_DAYS)
    if until <= today:
        raise UnusableRequest(f"Draft {draft.draft_id} can be snoozed until a day after {today}, not until {until}.")
    return until
