"""Rows of a published table as they are: tickets, forecasts, rejected rows. Built as a tree, never as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from metrics.catalogue import Catalogue, nearest
from metrics.query import Filter, Scalar
from metrics.result import Column
from retail.errors import UnusableRequest
from retail.vocabulary import CATALOGUE, MARTS_SCHEMA

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ, "!=": exp.NullSafeNEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE, "like": exp.Like,
}  # fmt: skip


def select_rows(
    catalogue: Catalogue,
    model: str,
    columns: Sequence[str],
    where: Sequence[Filter],
    order_by: Sequence[str],
    limit: int | None,
) -> tuple[str, tuple[Column, ...]]:
    """The SQL and the columns of a request for details.

    Raises:
        UnusableRequest: The table or a column does not exist.
    """
    found = catalogue.models.get(model)
    if found is None:
        near = nearest(model, list(catalogue.models))
        raise UnusableRequest(f"There is no table {model[:80]!r}. There is for instance {', '.join(near) or 'none'}.")
    types = {column.name: column.type for column in found.columns}
    wanted = [item.removeprefix("-") for item in order_by] + [item.dimension for item in where] + list(columns)
    unknown = [name for name in wanted if name not in types]
    if unknown:
        near = nearest(unknown[0], list(types)) or list(types)[:5]
        raise UnusableRequest(f"{model} has no column {unknown[0][:80]!r}. It has for instance {', '.join(near)}.")
    query = exp.select(*(_column(name) for name in columns)).from_(exp.table_(model, MARTS_SCHEMA, CATALOGUE))
    for item in where:
        query = query.where(_comparison(item))
    for name in order_by:
        descending = name.startswith("-")
        query = query.order_by(exp.Ordered(this=_column(name.removeprefix("-")), desc=descending, nulls_first=False))
    if limit is not None:
        query = query.limit(limit)
    return query.sql(dialect="duckdb"), tuple(_described(name, types[name]) for name in columns)


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _comparison(item: Filter) -> exp.Expr:
    if item.operator == "in":
        return exp.In(this=_column(item.dimension), expressions=[_literal(value) for value in item.values])
    return _COMPARISONS[item.operator](this=_column(item.dimension), expression=_literal(item.values[0]))


def _literal(value: Scalar) -> exp.Expr:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, (int, float, Decimal)):
        number = exp.Literal.number(format(abs(value), "f"))
        return exp.Neg(this=number) if value < 0 else number
    return exp.Literal.string(value.isoformat() if isinstance(value, (date, datetime)) else value)


def _described(name: str, kind: str) -> Column:
    return Column(name, name.replace("_", " ").capitalize(), "date" if kind == "DATE" else None, "column")
