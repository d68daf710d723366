"""The checks in their order, from a text to the one text that may run."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from metrics.guard import joins, limits, names, second_reading, shape
from metrics.policy import Policy
from retail.errors import Refused


@dataclass(frozen=True, slots=True)
class Guarded:
    """A query that passed.

    Attributes:
        sql: The text to run: rendered from the checked tree, without comments, with an outer LIMIT.
        columns: Names of its columns, as the author wrote them, each once.
        most_rows: Rows to show; the query gives one more where there are more.
    """

    sql: str
    columns: tuple[str, ...]
    most_rows: int


def check(sql: str, policy: Policy, most_rows: int, caps: limits.Limits = limits.FREE_SQL) -> Guarded:
    """Let a query pass, or say why not.

    Args:
        sql: What somebody wrote, or what the compiler made.
        policy: What the principal may read.
        most_rows: Rows to show at most.
        caps: How large the query may be.

    Raises:
        Refused: With the reason in plain words, and as one word in `reason`.
    """
    limits.check_text(sql, caps)
    try:
        tree = shape.parse(sql)
        limits.check_size(tree, caps)
        shape.check_parts(tree)
        written = _column_names(tree)
        tree = names.resolve(tree, policy)
        limits.check_expanded_size(tree, caps)
        shape.check_parts(tree)
        joins.check_joins(tree)
        text = shape.cut(tree, most_rows).sql(dialect="duckdb", comments=False)
        second_reading.read_again(text, policy)
    except RecursionError as error:
        raise Refused("The query is nested too deeply.", "size") from error
    final = _column_names(tree)
    if not final:
        raise Refused("A star is in a place where it cannot be spelt out; name the columns.", "column")
    return Guarded(text, _each_once(written if len(written) == len(final) else final), most_rows)


def _column_names(tree: exp.Expr) -> tuple[str, ...]:
    select = tree
    while isinstance(select, (exp.SetOperation, exp.Subquery)):
        select = select.this
    assert isinstance(select, exp.Select)
    if any(projection.is_star for projection in select.expressions):
        return ()
    return tuple(_column_name(projection) for projection in select.expressions)


def _column_name(projection: exp.Expr) -> str:
    if isinstance(projection, exp.Column):
        return projection.name
    return projection.alias or projection.sql(dialect="duckdb", comments=False).lower()[:60]


def _each_once(wanted: tuple[str, ...]) -> tuple[str, ...]:
    taken: list[str] = []
    for name in wanted:
        number, unique = 2, name
        while unique in taken:
            unique, number = f"{name}_{number}", number + 1
        taken.append(unique)
    return tuple(taken)
