"""What was exported as a purchase order: noted in the audit, and nowhere else. An export changes no decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Engine, select

from retail.errors import Refused
from retail.operational import audit
from retail.operational.tables import audit as audit_table
from retail.principal import Principal

ACTION: Final = "order.export"


def must_be_allowed(principal: Principal) -> None:
    """See that the role may take purchase orders out.

    Raises:
        Refused: It may not.
    """
    if not principal.may_decide:
        raise Refused(
            f"The role {principal.role.value} may not export purchase orders; a manager or an admin can.", "role"
        )


def record_export(
    engine: Engine, principal: Principal, number: str, supplier_id: str | None, decision_ids: Sequence[str], form: str
) -> None:
    """Note that an order was exported.

    Args:
        engine: The operational store.
        principal: Who exports.
        number: The order's number.
        supplier_id: Whom it goes to; null where nobody knows.
        decision_ids: The approvals that it holds.
        form: `csv` or `pdf`.

    Raises:
        Refused: The role may not.
        StoreError: The store could not be written: do not hand the file out.
    """
    must_be_allowed(principal)
    content = {"supplier_id": supplier_id, "decisions": sorted(decision_ids), "format": form}
    with audit.recording(engine) as connection:
        audit.append(connection, principal, ACTION, f"order:{number}", None, content)


def exported(engine: Engine) -> dict[str, str]:
    """The number of the last order that an approval was exported in, by decision id."""
    query = (
        select(audit_table.c.subject, audit_table.c.after)
        .where(audit_table.c.action == ACTION)
        .order_by(audit_table.c.sequence)
    )
    with engine.connect() as connection:
        return {
            decision_id: row.subject.removeprefix("order:")
            for row in connection.execute(query)
            for decision_id in json.loads(row.after)["decisions"]
        }
