"""Answers that are tables of metrics: totals, splits, rankings, shares, means, conditions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from evals.gold.measures import is_present
from evals.gold.periods import UNSAID, Days, spans
from evals.gold.truth import Truth
from evals.question import GoldSpec
from evals.seen import Seen, close, number, plain

MANY: Final = 60
"""Groups from which on an answer may show a part of them, if every row that it shows is right."""

_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def table(seen: Seen, spec: GoldSpec, truth: Truth) -> str | None:
    """Metric, filters, period, split, values and order."""
    assert spec.measure is not None
    if missing := [name for name in (spec.measure, *spec.also) if name not in seen.metrics]:
        return f"metric: {missing[0]} is not what was answered"
    if wrong := filters(seen, spec):
        return wrong
    if is_present(spec.measure):
        return _values(seen, spec, truth, None)
    period, wrong = asked_period(seen, spec, truth)
    return wrong or _values(seen, spec, truth, period)


def filters(seen: Seen, spec: GoldSpec) -> str | None:
    """What the filters say: exactly the values asked for; the person's own stores may be named or not."""
    wanted = {name: frozenset(values) for name, values in spec.held.items()}
    found = seen.filters
    if spec.share:
        found = {name: values for name, values in found.items() if name not in wanted or values == wanted[name]}
        wanted = {name: values for name, values in wanted.items() if name in found}
    if "store" in wanted and "store" not in found and seen.scope == wanted["store"]:
        wanted.pop("store")
    return None if found == wanted else f"filter: {_listed(found)} instead of {_listed(wanted)}"


def asked_period(seen: Seen, spec: GoldSpec, truth: Truth) -> tuple[Days | None, str | None]:
    """The period of the answer, and what is wrong with it."""
    found = seen.period
    if found is None:
        return None, "period: none"
    allowed = {days for given in spec.spans for days in spans(given, truth.raw.today)}
    if allowed and found not in allowed:
        return found, f"period: {found[0]} to {found[1]}"
    if UNSAID in spec.spans and not seen.document["assumptions"]:
        return found, "period: taken for granted and not said"
    return found, None


def _values(seen: Seen, spec: GoldSpec, truth: Truth, period: Days | None) -> str | None:
    assert spec.measure is not None
    if spec.average is not None:
        return _mean(seen, spec, truth, period)
    if spec.share:
        return _shares(seen, spec, truth, period)
    for name in (spec.measure, *spec.also):
        gold = truth.table(name, spec.by, spec.held, period)
        wrong = _total(seen, name, gold) if not spec.by else _rows(seen, spec, name, gold)
        if wrong:
            return wrong
    gold = truth.table(spec.measure, spec.by, spec.held, period)
    if spec.having is not None:
        return _conditions(seen, spec, truth, period)
    if spec.rank is not None:
        return _order(seen, spec, gold)
    return _complete(seen, spec, gold) if spec.by else None


def _total(seen: Seen, measure: str, gold: pd.Series[Any]) -> str | None:
    wanted = float(gold.iloc[0]) if len(gold) else 0.0
    found = [number(row.get(measure)) for row in seen.rows]
    if len(found) == 1 and (close(wanted, found[0]) or (found[0] is None and not len(gold))):
        return None
    return f"value: {measure} is {found[:1]} and should be {wanted:.6g}"


def _rows(seen: Seen, spec: GoldSpec, measure: str, gold: pd.Series[Any]) -> str | None:
    """Every row that is shown is right."""
    if not seen.rows and len(gold) and spec.having is None:
        return "rows: none"
    values = _by_key(gold)
    for row in seen.rows:
        if any(name not in row for name in spec.by):
            return f"split: {'/'.join(spec.by)} is not what it is split by"
        wanted, found = values.get(seen.key(row, spec.by)), number(row.get(measure))
        if wanted is None and "None" in seen.key(row, spec.by):
            continue
        if not (close(wanted or 0.0, found) or (wanted is None and found is None)):
            return f"value: {measure} of {seen.key(row, spec.by)} is {found} and should be {wanted}"
    return None


def _complete(seen: Seen, spec: GoldSpec, gold: pd.Series[Any]) -> str | None:
    shown = {seen.key(row, spec.by) for row in seen.rows}
    missing = [key for key, value in _by_key(gold).items() if value and key not in shown]
    if missing and len(gold) <= MANY:
        return f"rows: {len(missing)} of {len(gold)} are missing"
    return None


def _order(seen: Seen, spec: GoldSpec, gold: pd.Series[Any]) -> str | None:
    """The first rows are the largest (smallest) ones; ties may stand in any order."""
    assert spec.measure is not None
    ranked = gold.sort_values(ascending=spec.rank == "smallest")
    if spec.rank == "smallest":
        ranked = ranked[ranked != 0]
    shown = [number(row.get(spec.measure)) for row in seen.rows]
    if spec.top is not None and len(shown) != min(spec.top, len(ranked)):
        return f"rows: {len(shown)} instead of {spec.top}"
    if not shown:
        return "rows: none"
    for place, (wanted, found) in enumerate(zip(ranked, shown, strict=False), start=1):
        if not close(float(wanted), found):
            return f"order: place {place} is {found} and should be {wanted:.6g}"
    return None


def _conditions(seen: Seen, spec: GoldSpec, truth: Truth, period: Days | None) -> str | None:
    assert spec.having is not None
    measure, sign, bound = spec.having
    held = truth.table(measure, spec.by, spec.held, period)
    wanted = {key for key, value in _by_key(held).items() if _HOLDS[sign](value, bound)}
    shown = {seen.key(row, spec.by) for row in seen.rows}
    if shown == wanted:
        return None
    return f"rows: {len(wanted - shown)} are missing and {len(shown - wanted)} should not be there"


def _shares(seen: Seen, spec: GoldSpec, truth: Truth, period: Days | None) -> str | None:
    assert spec.measure is not None
    if not spec.by:
        whole = truth.total(spec.measure, {}, period)
        wanted = truth.total(spec.measure, spec.held, period) / whole
        named = [row for row in seen.rows if not spec.where or _mentions(row, spec)] or list(seen.rows)
        return None if any(_has_share(row, wanted) for row in named) else f"value: no share of {wanted:.6f}"
    whole = truth.total(spec.measure, spec.held, period)
    gold = truth.table(spec.measure, spec.by, spec.held, period)
    if wrong := _rows(seen, spec, spec.measure, gold) or _complete(seen, spec, gold):
        return wrong
    values = _by_key(gold)
    for row in seen.rows:
        wanted = values.get(seen.key(row, spec.by), 0.0) / whole
        if wanted and not _has_share(row, wanted):
            return f"value: no share of {wanted:.6f} for {seen.key(row, spec.by)}"
    return None


def _mean(seen: Seen, spec: GoldSpec, truth: Truth, period: Days | None) -> str | None:
    assert spec.measure is not None
    assert spec.average is not None
    assert period is not None
    gold = truth.table(spec.measure, (spec.average,), spec.held, period)
    days = (period[1] - period[0]).days + 1
    wanted = float(gold.sum()) / (days if spec.average == "day" else len(gold))
    return None if seen.has(wanted) else f"value: no mean of {wanted:.6g}"


def _has_share(row: Mapping[str, Any], wanted: float) -> bool:
    numbers = [found for value in row.values() if (found := number(value)) is not None]
    return any(close(wanted, found) or close(100 * wanted, found) for found in numbers)


def _mentions(row: Mapping[str, Any], spec: GoldSpec) -> bool:
    wanted = {value for values in spec.held.values() for value in values}
    return bool(wanted & {str(value) for value in row.values()})


def key_of(key: object) -> tuple[str, ...]:
    """An index entry as the key of a row."""
    return tuple(plain(part) for part in (key if isinstance(key, tuple) else (key,)))


def entry(key: tuple[str, ...]) -> str | tuple[str, ...]:
    """The key of a row as an index has it."""
    return key[0] if len(key) == 1 else key


def _by_key(gold: pd.Series[Any]) -> dict[tuple[str, ...], float]:
    return {key_of(key): float(value) for key, value in gold.items()}


def _listed(found: Mapping[str, frozenset[str]]) -> str:
    return "; ".join(f"{name}={'|'.join(sorted(values))}" for name, values in sorted(found.items())) or "none"
