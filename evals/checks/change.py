"""Answers about change: two periods side by side, why a metric changed, and a day in a few figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from evals.checks import tables
from evals.gold.periods import Days, baselines, spans
from evals.gold.truth import Truth
from evals.question import GoldSpec, Span
from evals.seen import Seen, close, number

_DIGEST: Final = ("net_sales", "transactions")
_SPLITS: Final = frozenset({"store", "category", "department", "product"})
_CENT: Final = 0.01


def comparison(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Both periods, and for each row both values."""
    assert spec.measure is not None
    if spec.measure not in seen.metrics:
        return f"metric: {spec.measure} is not what was answered"
    if wrong := tables.filters(seen, spec):
        return wrong
    period, wrong = tables.asked_period(seen, spec, truth)
    if wrong or period is None:
        return wrong
    other = seen.compared_with
    allowed = {days for given in _several(spec) for days in spans(given, truth.raw.today)}
    if other not in allowed:
        return f"period: compared with {other}"
    if not spec.by:
        totals = [truth.total(spec.measure, spec.held, days) for days in (period, other)]
        return None if all(seen.has(total) for total in totals) else f"value: {totals} are not both there"
    return _rows(seen, spec, truth, period, other)


def _rows(seen: Seen, spec: GoldSpec, truth: Truth, period: Days, other: Days) -> str | None:
    assert spec.measure is not None
    tables_of = [dict(truth.table(spec.measure, spec.by, spec.held, days)) for days in (period, other)]
    for key in tables_of[0].keys() | tables_of[1].keys():
        wanted = [float(found.get(key, 0.0)) for found in tables_of]
        rows = [row for row in seen.rows if seen.key(row, spec.by) == tables.key_of(key)]
        numbers = [found for row in rows for value in row.values() if (found := number(value)) is not None]
        if not all(any(close(value, found) for found in numbers) for value in wanted if value):
            return f"value: {key} should have {wanted}"
    return None


def drivers(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Both totals, with the right sign; every split of the change adds up to it."""
    assert spec.measure is not None
    if seen.metrics[:1] != (spec.measure,):
        return f"metric: {spec.measure} is not what was explained"
    if wrong := tables.filters(seen, spec):
        return wrong
    period, wrong = tables.asked_period(seen, spec, truth)
    if wrong or period is None:
        return wrong
    other = seen.compared_with
    if other not in {days for given in _several(spec) for days in baselines(given, period)}:
        return f"period: explained against {other}"
    after, before = (truth.total(spec.measure, spec.held, days) for days in (period, other))
    ends = [(number(row.get("before")), number(row.get("after"))) for row in seen.rows]
    if not any(close(before, first) and close(after, last) for first, last in ends):
        return f"value: no row from {before:.6g} to {after:.6g}"
    return _adds_up(seen, after - before) or _movers(seen, spec, truth, period, other)


def _adds_up(seen: Seen, change: float) -> str | None:
    """Contributions of each split add up to the change, to the cent."""
    sums: defaultdict[str, float] = defaultdict(float)
    for split, contribution in _contributions(seen):
        sums[split] += contribution
    wrong = {split: found for split, found in sums.items() if abs(found - change) > _CENT}
    if not sums and abs(change) > _CENT:
        return "contributions: none"
    return f"contributions: {wrong} instead of {change:.2f}" if wrong else None


def _movers(seen: Seen, spec: GoldSpec, truth: Truth, period: Days, other: Days) -> str | None:
    """What a row adds is its difference; before and after of stores, categories and products are the gold's."""
    assert spec.measure is not None
    for row in seen.rows:
        before, after, added = (number(row.get(name)) for name in ("before", "after", "contribution"))
        if before is None or after is None or added is None:
            continue
        if abs(abs(after - before) - abs(added)) > _CENT:  # less returned is more sold: the sign may be the other one
            return f"contributions: {row.get('driver')} adds {added} from {before} to {after}"
        split = str(row.get("split")).lower()
        if split in _SPLITS:
            tables_of = (truth.table(spec.measure, (split,), spec.held, days) for days in (other, period))
            wanted = [float(found.get(row.get("driver"), 0.0)) for found in tables_of]
            if any(wanted) and not (close(wanted[0], before) and close(wanted[1], after)):
                return f"value: {row.get('driver')} should be {wanted}"
    return None


def _contributions(seen: Seen) -> Iterator[tuple[str, float]]:
    for row in seen.rows:
        found = number(row.get("contribution"))
        if found is not None:
            yield str(row.get("split", "")), found


def digest(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """The period, and its sales and transactions."""
    period, wrong = tables.asked_period(seen, spec, truth)
    if wrong or period is None:
        return wrong
    if wrong := tables.filters(seen, spec):
        return wrong
    for name in _DIGEST:
        wanted = truth.total(name, spec.held, period)
        if not seen.has(wanted):
            return f"value: {name} of {wanted:.6g} is not there"
    return None


def _several(spec: GoldSpec) -> list[Span]:
    return spec.versus if isinstance(spec.versus, list) else [] if spec.versus is None else [spec.versus]
