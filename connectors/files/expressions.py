"""From a mapping's values to SQL over the columns of one file."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import Final

from connectors.files.client import FileColumn, OpenFile
from connectors.files.mapping import Choice, Condition, Constant, FromColumn, MappedTable, Product, Scalar, Value
from connectors.files.template import TemplateTable
from connectors.sql import literal, literals
from retail.errors import SourceError

_NUMBER: Final = "DECIMAL(18, 4)"


@dataclass(frozen=True, slots=True)
class Expression:
    """A value in SQL, before it is checked.

    Attributes:
        sql: The expression.
        type: DuckDB type that it has.
    """

    sql: str
    type: str


def expressions(
    opened: OpenFile, table: str, declared: TemplateTable, mapped: MappedTable | None
) -> dict[str, Expression]:
    """What fills each column of a table; columns that nothing fills are left out.

    Raises:
        SourceError: A column that is needed is not in the file; names the file, the column and what there is.
    """
    if mapped is not None:
        return {column: _value(opened, value) for column, value in mapped.columns.items()}
    filled = {
        name: Expression(column.sql, column.type)
        for name in declared.columns
        if (column := _template_column(opened, declared, name)) is not None
    }
    missing = [name for name in declared.required if name not in filled]
    if declared.one_of and not set(declared.one_of) & set(filled):
        missing.append(" or ".join(declared.one_of))
    if missing:
        raise _missing(opened, ", ".join(missing), f"{table} needs")
    return filled


def _template_column(opened: OpenFile, declared: TemplateTable, name: str) -> FileColumn | None:
    """The file's column of that name, else the one with the name that people write: `store` for `store_id`."""
    spoken = name.removesuffix("_id").removesuffix("_amount")
    return opened.column(name) or (opened.column(spoken) if spoken not in declared.columns else None)


def _missing(opened: OpenFile, columns: str, who: str) -> SourceError:
    return SourceError(
        f"files: {opened.name} has no column {columns}, which {who}. It has {', '.join(opened.headers)}. "
        "Rename the columns or write a mapping (docs/connect/files.md). It was left out."
    )


def _value(opened: OpenFile, value: Value) -> Expression:
    if isinstance(value, str):
        return _column(opened, value)
    if isinstance(value, Constant):
        return _constant(value.constant)
    if isinstance(value, Choice):
        return _choice(opened, value)
    return _part(opened, value)


def _column(opened: OpenFile, header: str) -> Expression:
    column = opened.column(header)
    if column is None:
        raise _missing(opened, header, "the mapping needs")
    return Expression(column.sql, column.type)


def _constant(value: Scalar) -> Expression:
    return Expression(literal(str(value).lower() if isinstance(value, bool) else str(value)), "VARCHAR")


def _part(opened: OpenFile, part: Scalar | FromColumn | Product) -> Expression:
    if isinstance(part, FromColumn):
        column = _column(opened, part.column)
        if part.format is None:
            return column
        return Expression(f"try_strptime(CAST({column.sql} AS VARCHAR), {literal(part.format)})", "TIMESTAMP")
    if isinstance(part, Product):
        factors = [f"TRY_CAST({_column(opened, header).sql} AS {_NUMBER})" for header in part.multiply]
        product = factors[0]
        for factor in factors[1:]:
            product = f"TRY_CAST({product} * {factor} AS {_NUMBER})"
        return Expression(product, _NUMBER)
    return _constant(part)


def _choice(opened: OpenFile, choice: Choice) -> Expression:
    cases = []
    for case in choice.cases:
        condition = " AND ".join(_condition(opened, part) for part in case.when)
        cases.append(f"WHEN {condition} THEN CAST({_part(opened, case.then).sql} AS VARCHAR)")
    otherwise = "NULL" if choice.otherwise is None else _part(opened, choice.otherwise).sql
    return Expression(f"CASE {' '.join(cases)} ELSE CAST({otherwise} AS VARCHAR) END", "VARCHAR")


def _condition(opened: OpenFile, condition: Condition) -> str:
    column = _column(opened, condition.column).sql
    text = f"trim(CAST({column} AS VARCHAR))"
    number = f"TRY_CAST({column} AS {_NUMBER})"
    parts = []
    if condition.one_of is not None:
        parts.append(f"{text} IN {literals(str(value) for value in condition.one_of)}")
    if condition.starts_with is not None:
        parts.append(
            "(" + " OR ".join(f"starts_with({text}, {literal(start)})" for start in condition.starts_with) + ")"
        )
    if condition.matches is not None:
        parts.append(f"regexp_full_match({text}, {literal(condition.matches)})")
    if condition.is_empty is not None:
        parts.append(f"(nullif({text}, '') IS {'' if condition.is_empty else 'NOT '}NULL)")
    limits: Dictionary[str, float | None] = {
        ">": condition.above,
        "<": condition.below,
        ">=": condition.at_least,
        "<=": condition.at_most,
    }
    parts += [f"{number} {operator} {limit!r}" for operator, limit in limits.items() if limit is not None]
    return "(" + " AND ".join(parts) + ")"
