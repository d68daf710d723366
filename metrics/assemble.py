"""Putting compiled parts together: names as asked, order and limit."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from metrics.catalogue import GRAINS, WEEKDAYS
from metrics.compile import Compiler, output_name
from metrics.plan import Part, Plan


def assemble(plan: Plan, compiler: Compiler) -> str:
    """The SQL that answers a plan: each part a derived table, joined on all splits, under the names asked for."""
    aliases = [f"part_{number}" for number in range(1, len(plan.parts) + 1)]
    keys = _keys(plan, aliases)
    select = exp.select(*_projections(plan, aliases, keys))
    if not plan.parts:
        return (select if not keys else select.where(exp.false())).sql(dialect="duckdb")
    select = select.from_(exp.Subquery(this=compiler.compile(plan.parts[0]), alias=_alias(aliases[0])))
    for number, part in enumerate(plan.parts[1:], 1):
        derived = exp.Subquery(this=compiler.compile(part), alias=_alias(aliases[number]))
        select = select.join(derived, **_join(plan.parts, aliases, number))
    for position, descending in plan.order:
        column = keys[position] if position < len(keys) else exp.column(_name(plan, position), quoted=True)
        select = select.order_by(exp.Ordered(this=column, desc=descending, nulls_first=False))
    if plan.limit is not None:
        select = select.limit(plan.limit)
    return select.sql(dialect="duckdb")


def _keys(plan: Plan, aliases: list[str]) -> list[exp.Expr]:
    """The value of each split over all parts: the first that has the row."""
    if not plan.parts:
        return [exp.null() for column in plan.columns if column.kind != "metric"]
    return [_key(plan.parts, aliases, position) for position in range(len(plan.parts[0].splits))]


def _key(parts: tuple[Part, ...], aliases: list[str], position: int) -> exp.Expr:
    columns = [
        exp.column(output_name(part.splits[position]), table=alias, quoted=True)
        for part, alias in zip(parts, aliases, strict=True)
    ]
    return columns[0] if len(columns) == 1 else exp.func("COALESCE", *columns)


def _join(parts: tuple[Part, ...], aliases: list[str], number: int) -> dict[str, Any]:
    """Rows meet where all splits are the same, nulls too; single rows just meet."""
    earlier, part = parts[:number], parts[number]
    conditions = [
        exp.NullSafeEQ(
            this=_key(earlier, aliases[:number], position),
            expression=exp.column(output_name(split), table=aliases[number], quoted=True),
        )
        for position, split in enumerate(part.splits)
    ]
    return {"on": exp.and_(*conditions), "join_type": "full outer"} if conditions else {"join_type": "cross"}


def _projections(plan: Plan, aliases: list[str], keys: list[exp.Expr]) -> list[exp.Expr]:
    projections = []
    for position, key in enumerate(keys):
        short = plan.parts[0].splits[position].short if plan.parts else ""
        projections.append(exp.alias_(_shown(key, short), _name(plan, position), quoted=True))
    for position, metric in enumerate(plan.metrics, len(keys)):
        projections.append(exp.alias_(_metric(metric, plan, aliases), _name(plan, position), quoted=True))
    return projections


def _shown(key: exp.Expr, short: str) -> exp.Expr:
    if short in GRAINS:
        return exp.cast(key.copy(), "DATE")
    if short == "weekday":
        case = exp.Case(this=key.copy())
        for number, day in enumerate(WEEKDAYS, 1):
            case = case.when(exp.Literal.number(number), exp.Literal.string(day))
        return case
    return key.copy()


def _metric(metric: str | None, plan: Plan, aliases: list[str]) -> exp.Expr:
    for part, alias in zip(plan.parts, aliases, strict=True):
        if metric in part.metrics:
            return exp.column(str(metric), table=alias, quoted=True)
    return exp.cast(exp.null(), "DOUBLE")


def _name(plan: Plan, position: int) -> str:
    return plan.columns[position].name


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))
