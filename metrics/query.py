"""What is asked of the metrics: names of metrics and dimensions, comparisons and a period. No SQL."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

import sqlglot
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlglot import exp

from retail.errors import UnusableRequest

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "like"]
Scalar = bool | int | float | Decimal | datetime | date | str
MAX_TEXT: Final = 500
"""Longest comparison that is parsed, in characters."""

_COMPARISONS: Final[dict[type[exp.Expr], Operator]] = {
    exp.EQ: "=",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.In: "in",
    exp.Like: "like",
}


class Filter(BaseModel):
    """One comparison of a dimension with a value.

    Attributes:
        dimension: Name of a dimension, a time grain, or, for details, a column.
        operator: One of `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `like`. `!=` keeps what is not known: everything but
            Dairy has the products of no category in it.
        value: The value as it is, never quoted; a tuple for `in`. `like` is case-sensitive, with `%` and `_`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dimension: str = Field(min_length=1, max_length=100)
    operator: Operator
    value: Scalar | tuple[Scalar, ...]

    @model_validator(mode="after")
    def _value_fits_the_operator(self) -> Filter:
        if isinstance(self.value, tuple) != (self.operator == "in"):
            raise ValueError("`in` takes a list of values, and every other comparison takes one value")
        return self

    @property
    def values(self) -> tuple[Scalar, ...]:
        """The values as a tuple, also where there is one."""
        return self.value if isinstance(self.value, tuple) else (self.value,)


class MetricQuery(BaseModel):
    """A question that the metrics can answer.

    Attributes:
        metrics: Names or synonyms of metrics; the columns carry the names given here.
        by: Dimensions and time grains (day, week, month, quarter, year, hour, weekday) to split by.
        where: Comparisons that all hold.
        from_date: First business day, inclusive; none means from the beginning.
        to_date: Last business day, inclusive; none means to the end.
        order_by: Names among `metrics` and `by`, with `-` in front for largest first. Default: the columns of `by`.
        limit: Most rows wanted; none means as many as the settings allow.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    metrics: tuple[str, ...] = Field(min_length=1, max_length=20)
    by: tuple[str, ...] = Field((), max_length=8)
    where: tuple[Filter, ...] = Field((), max_length=20)
    from_date: date | None = None
    to_date: date | None = None
    order_by: tuple[str, ...] = Field((), max_length=8)
    limit: int | None = Field(None, ge=1)


def parse_where(text: str) -> Filter:
    """Read one comparison such as `department = 'Dairy'` or `store in ('S1', 'S2')`; it is parsed, never pasted.

    Raises:
        UnusableRequest: The text is not one comparison of a name with literal values.
    """
    usage = f"{text[:80]!r} is not one comparison. Write for instance: department = 'Dairy', or store in ('S1', 'S2')."
    if len(text) > MAX_TEXT:
        raise UnusableRequest(f"A comparison may have {MAX_TEXT} characters, this one has {len(text)}.")
    try:
        tree = sqlglot.parse_one(f"SELECT 1 WHERE {text}", read="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise UnusableRequest(usage) from error
    where = tree.args.get("where") if isinstance(tree, exp.Select) else None
    extra = {key for key, value in tree.args.items() if value} - {"expressions", "where", "kind"}
    comparison = where.this if isinstance(where, exp.Where) else None
    operator = _COMPARISONS.get(type(comparison)) if comparison is not None else None
    if operator is None or comparison is None or extra:
        raise UnusableRequest(usage)
    column = comparison.this
    if not isinstance(column, exp.Column) or len(column.parts) != 1:
        raise UnusableRequest(usage)
    if operator == "in":
        listed = comparison.expressions
        if not listed or comparison.args.get("query") or comparison.args.get("unnest") or comparison.args.get("field"):
            raise UnusableRequest(usage)
        return Filter(dimension=column.name, operator="in", value=tuple(_literal(item, usage) for item in listed))
    return Filter(dimension=column.name, operator=operator, value=_literal(comparison.expression, usage))


def _literal(node: exp.Expr | None, usage: str) -> Scalar:
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    negative = isinstance(node, exp.Neg)
    if isinstance(node, exp.Neg):
        node = node.this
    if not isinstance(node, exp.Literal) or (negative and node.is_string):
        raise UnusableRequest(usage)
    if node.is_string:
        return str(node.this)
    number = int(node.this) if node.is_int else float(node.this)
    return -number if negative else number
