"""What makes an answer right: each check says in a word or two what is wrong with an answer, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from evals.checks import change, facts, planning, tables
from evals.gold.truth import Truth
from evals.question import Check, GoldSpec
from evals.seen import Seen

Checker = Callable[[Seen, GoldSpec, Truth], str | None]

CHECKS: Final[Mapping[Check, Checker]] = {
    "table": tables.table,
    "comparison": change.comparison,
    "drivers": change.drivers,
    "digest": change.digest,
    "risk": planning.risk,
    "out_now": planning.out_now,
    "drafts": planning.drafts,
    "slow": planning.slow,
    "unsold": planning.unsold,
    "customers": facts.customers,
    "price": facts.price,
    "supplier_of": facts.supplier_of,
    "supplies": facts.supplies,
    "lead_time": facts.lead_time,
    "forecast": facts.forecast,
    "promotions": facts.promotions,
    "deliveries": facts.deliveries,
    "definition": facts.definition,
    "freshness": facts.freshness,
    "stores": facts.stores,
    "abilities": facts.abilities,
}


def check_of(spec: GoldSpec, kinds: tuple[str, ...]) -> Check:
    """How a gold is judged where its question does not say."""
    if spec.check is not None:
        return spec.check
    if "drivers" in kinds:
        return "drivers"
    return "comparison" if spec.versus is not None else "table"
