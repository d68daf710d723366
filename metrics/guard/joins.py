"""Joins: each needs an equality between both sides, unless one side is a single row."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from retail.errors import Refused


def check_joins(tree: exp.Expr) -> None:
    """Refuse joins that multiply rows: without a condition, or with one that ties nothing to nothing.

    Raises:
        Refused: A join is of that kind.
    """
    for scope in traverse_scope(tree):
        select = scope.expression
        if not isinstance(select, exp.Select):
            continue
        before = [_relation(select.args.get("from_"))]
        for join in select.args.get("joins") or []:
            joined = join.this
            condition = join.args.get("on")
            if condition is None:
                if not (_is_single_row(joined, scope) or all(_is_single_row(item, scope) for item in before)):
                    raise Refused("Write each JOIN with ON and an equality between its two sides.", "join")
            elif not _ties(condition, joined.alias_or_name, {item.alias_or_name for item in before if item}):
                raise Refused("A join condition needs an equality between a column of each side.", "join")
            before.append(joined)


def _ties(condition: exp.Expr, joined: str, before: set[str]) -> bool:
    """Whether an equality between the joined relation and an earlier one must hold."""
    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        part = part.unnest()
        if not isinstance(part, (exp.EQ, exp.NullSafeEQ)):
            continue
        left, right = _tables(part.this), _tables(part.expression)
        if (left == {joined} and right and right <= before) or (right == {joined} and left and left <= before):
            return True
    return False


def _tables(side: exp.Expr) -> set[str]:
    return {column.table for column in side.find_all(exp.Column)}


def _relation(clause: exp.Expr | None) -> exp.Expr | None:
    return clause.this if isinstance(clause, exp.From) else None


def _is_single_row(relation: exp.Expr | None, scope: Scope) -> bool:
    if relation is None:
        return False
    source = scope.sources.get(relation.alias_or_name)
    return isinstance(source, Scope) and _gives_one_row(source)


def _gives_one_row(scope: Scope) -> bool:
    """Whether a derived table has one row whatever the data: it aggregates everything, or only passes one row on."""
    select = scope.expression
    if not isinstance(select, exp.Select) or select.args.get("group"):
        return False
    if any(_aggregates(projection, select) for projection in select.expressions):
        return True
    relations = [_relation(select.args.get("from_")), *(join.this for join in select.args.get("joins") or [])]
    return all(_is_single_row(relation, scope) for relation in relations)


def _aggregates(projection: exp.Expr, select: exp.Select) -> bool:
    """Whether a column holds an aggregate of this very SELECT: not a window's, not a nested query's."""
    return any(node.find_ancestor(exp.Window, exp.Select) is select for node in projection.find_all(exp.AggFunc))
