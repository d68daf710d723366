"""Terms that people set, on SQLite and on PostgreSQL: kept, replaced and cleared, with a trace of what was before."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine

from retail.errors import Refused, UnusableRequest
from retail.operational import audit
from retail.operational.term_fields import TermField
from retail.operational.terms import TermOverride, TermOverrides
from retail.principal import LOCAL, Principal
from retail.vocabulary import Role


def test_a_term_is_set_replaced_and_cleared_with_a_trace_of_each(terms: TermOverrides, engine: Engine) -> None:
    ada = Principal("Ada", Role.MANAGER)
    terms.set(ada, TermOverride(TermField.LEAD_TIME_DAYS, "7", supplier_id="V1"))
    made = terms.set(LOCAL, TermOverride(TermField.LEAD_TIME_DAYS, " 4.50 ", supplier_id="V1"))
    assert terms.all() == [made]
    assert (made.value, made.typed, made.set_by) == ("4.5", 4.5, "local")
    assert terms.clear(ada, TermField.LEAD_TIME_DAYS, supplier_id="V1")
    assert terms.all() == []
    cleared, replaced, first = audit.entries(engine)
    assert {entry.subject for entry in (cleared, replaced, first)} == {
        "term:lead_time_days supplier=V1 product=* store=*"
    }
    assert (first.actor, first.before, json.loads(str(first.after))["value"]) == ("Ada", None, "7")
    assert (json.loads(str(replaced.before))["set_by"], json.loads(str(replaced.after))["value"]) == ("Ada", "4.5")
    assert (cleared.action, json.loads(str(cleared.before))["value"], cleared.after) == ("term.clear", "4.5", None)


def test_setting_what_holds_and_clearing_what_is_not_set_leave_no_trace(terms: TermOverrides, engine: Engine) -> None:
    first = terms.set(Principal("Ada", Role.ADMIN), TermOverride(TermField.ORDER_DAYS, "Monday, thu", supplier_id="V1"))
    assert terms.set(LOCAL, TermOverride(TermField.ORDER_DAYS, "thu mon", supplier_id="V1", product_id="")) == first
    assert not terms.clear(LOCAL, TermField.ORDER_DAYS)
    assert len(audit.entries(engine)) == 1


def test_of_several_terms_all_are_set_or_none(terms: TermOverrides, engine: Engine) -> None:
    good, bad = TermOverride(TermField.MOQ, "6"), TermOverride(TermField.PACK_SIZE, "0")
    with pytest.raises(UnusableRequest, match="pack_size cannot be '0': it must be above 0"):
        terms.set_many(LOCAL, [good, bad])
    assert (terms.all(), audit.entries(engine)) == ([], [])


@pytest.mark.parametrize(
    ("principal", "store_id"),
    [
        (Principal("Bo", Role.STAFF), None),
        (Principal("Bo", Role.ANALYST), None),
        (Principal("Bo", Role.MANAGER, ("files:S1",)), None),
        (Principal("Bo", Role.MANAGER, ("files:S1",)), "files:S2"),
    ],
)
def test_nobody_sets_or_clears_terms_beyond_their_role_and_stores(
    terms: TermOverrides, engine: Engine, principal: Principal, store_id: str | None
) -> None:
    with pytest.raises(Refused):
        terms.set(principal, TermOverride(TermField.MOQ, "6", store_id=store_id))
    with pytest.raises(Refused):
        terms.clear(principal, TermField.MOQ, store_id=store_id)
    assert audit.entries(engine) == []
    terms.set(Principal("Bo", Role.MANAGER, ("S1",)), TermOverride(TermField.MOQ, "6", store_id="files:S1"))
