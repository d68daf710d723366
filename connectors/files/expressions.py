"""From a mapping's values to SQL over the columns of one file."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from connectors.files.client import FileColumn, OpenFile
from connectors.files.mapping import (
    Choice,
    Computed,
    Condition,
    Constant,
    FirstOf,
    FromColumn,
    Joined,
    MappedRows,
    MappedTable,
    Operand,
    Ordinal,
    Product,
    Quotient,
    Scalar,
    Shared,
    Size,
    Sum,
    Total,
    Value,
)
from connectors.files.settings import DateOrder, DecimalMark
from connectors.files.template import TemplateTable
from connectors.files.values import NUMBER, number
from connectors.sql import identifier, literal, literals
from retail.errors import SourceError

PLACE: Final = "_place"
"""Column of a worked-over relation: the place of a row among those that could be read, from 1."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A value in SQL, before it is checked.

    Attributes:
        sql: The expression.
        type: DuckDB type that it has.
        decimal: What stands before decimals, if it is a text; None for plain numbers with a point.
        date_order: What comes first in dates, if it is a text; None for ISO.
        has_serial_dates: Whether a number may stand for a date.
    """

    sql: str
    type: str
    decimal: DecimalMark | None = None
    date_order: DateOrder | None = None
    has_serial_dates: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows that lines of a file make.

    Attributes:
        columns: What fills each column.
        condition: SQL that is true for lines that make such a row; None for all.
    """

    columns: Dictionary[str, Expression]
    condition: str | None


class Filled(dict[str, Expression]):
    """What fills each column of a table; columns that nothing fills are left out.

    Attributes:
        relation: A select to take instead of the file, which it works over; it has `_place`. None for the file itself.
        branches: Kinds of rows that a line may make; the columns of the first are those of the dictionary.
    """

    def __init__(self, branches: Sequence[Branch], relation: str | None = None) -> None:
        super().__init__(branches[0].columns)
        self.relation = relation
        for name in {name: None for branch in branches for name in branch.columns}:
            self.setdefault(name, Expression("NULL", "VARCHAR"))
        self.branches = [
            Branch({name: _or_null(branch, name) for name in self}, branch.condition) for branch in branches
        ]


def _or_null(branch: Branch, name: str) -> Expression:
    return branch.columns.get(name, Expression("NULL::VARCHAR", "VARCHAR"))


def expressions(opened: OpenFile, table: str, declared: TemplateTable, mapped: MappedTable | None) -> Filled:
    """What fills each column of a table.

    Raises:
        SourceError: A column that is needed is not in the file; names the file, the column and what there is.
    """
    if mapped is not None:
        return _mapped(opened, mapped)
    filled = {
        name: _of_column(opened, column)
        for name in declared.columns
        if (column := _template_column(opened, declared, name)) is not None
    }
    missing = [name for name in declared.required if name not in filled]
    if declared.one_of and not set(declared.one_of) & set(filled):
        missing.append(" or ".join(declared.one_of))
    if missing:
        raise _missing(opened, ", ".join(missing), f"{table} needs")
    return Filled([Branch(filled, None)])


def _mapped(opened: OpenFile, mapped: MappedTable) -> Filled:
    relation = None
    if mapped.shared is not None or mapped.derived or mapped.also:
        relation = f"SELECT *, row_number() OVER () AS {PLACE} FROM {opened.relation}"
    if mapped.shared is not None:
        relation = f"SELECT * REPLACE ({_shared(opened, mapped.shared)}) FROM ({relation})"
    for name, value in mapped.derived.items():
        made = _value(opened, value)
        column = FileColumn(identifier(f"derived {name}"), made.type)
        relation = f"SELECT *, {made.sql} AS {column.sql} FROM ({relation})"
        opened = replace(opened, columns=opened.columns | {name.strip().lower(): column})
    return Filled([_branch(opened, rows) for rows in (mapped, *mapped.also)], relation)


def _branch(opened: OpenFile, rows: MappedRows) -> Branch:
    columns = {column: _value(opened, value) for column, value in rows.columns.items()}
    return Branch(columns, " AND ".join(_condition(opened, part) for part in rows.where) or None)


def _shared(opened: OpenFile, shared: Shared) -> str:
    group = _column(opened, shared.within).sql
    window = f"(PARTITION BY {group} ORDER BY {PLACE} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    columns = {_column(opened, header) for header in shared.columns if opened.column(header) is not None}
    values = [
        (column.sql, f"nullif(trim({column.sql}), '')" if column.type == "VARCHAR" else column.sql)
        for column in sorted(columns, key=lambda column: column.sql)
    ]
    return ", ".join(f"first_value({value} IGNORE NULLS) OVER {window} AS {column}" for column, value in values)


def _of_column(opened: OpenFile, column: FileColumn, read_as: FromColumn | None = None) -> Expression:
    decimal, order = (read_as.decimal, read_as.date_order) if read_as is not None else (None, None)
    is_text = column.type == "VARCHAR"
    return Expression(
        column.sql,
        column.type,
        (decimal or opened.decimal) if is_text else None,
        (order or opened.date_order) if is_text else None,
        opened.has_serial_dates,
    )


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
        return _of_column(opened, _column(opened, value))
    if isinstance(value, Choice):
        return _choice(opened, value)
    return _part(opened, value.constant if isinstance(value, Constant) else value)


def _column(opened: OpenFile, header: str) -> FileColumn:
    column = opened.column(header)
    if column is None:
        raise _missing(opened, header, "the mapping needs")
    return column


def _part(opened: OpenFile, part: Scalar | FromColumn | Computed) -> Expression:
    if isinstance(part, Scalar):
        text = str(part).lower() if isinstance(part, bool) else str(part)
        return Expression(literal(text), "VARCHAR")
    if isinstance(part, FromColumn):
        column = _column(opened, part.column)
        if part.format is None:
            return _of_column(opened, column, part)
        return Expression(f"try_strptime(CAST({column.sql} AS VARCHAR), {literal(part.format)})", "TIMESTAMP")
    if isinstance(part, Ordinal):
        lines = f"(PARTITION BY {_column(opened, part.number_within).sql} ORDER BY {PLACE})"
        return Expression(f"row_number() OVER {lines}", "BIGINT")
    if isinstance(part, Joined):
        return _written(opened, _joined(opened, part))
    if isinstance(part, FirstOf):
        values = [_text_of(opened, value) for value in part.first_of]
        return _written(opened, f"coalesce({', '.join(values)})")
    return Expression(_number(opened, part), NUMBER)


def _written(opened: OpenFile, sql: str) -> Expression:
    """A text put together from the file's, which may be a number or a date as the file writes them."""
    return Expression(sql, "VARCHAR", opened.decimal, opened.date_order)


def _joined(opened: OpenFile, joined: Joined) -> str:
    values = ", ".join(_text_of(opened, value) for value in joined.join)
    return f"nullif(concat_ws({literal(joined.separator)}, {values}), '')"


def _text_of(opened: OpenFile, value: str | Constant | Joined) -> str:
    if isinstance(value, Joined):
        return _joined(opened, value)
    if isinstance(value, Constant):
        return literal(str(value.constant))
    column = _column(opened, value)
    # a date of a sheet that has its time in another column is midnight
    text = f"CAST({column.sql} AS VARCHAR)"
    return f"nullif(trim({text}), '')"


def _number(opened: OpenFile, operand: Operand) -> str:
    """A number in SQL; what is missing or no number is null."""
    if isinstance(operand, str):
        column = _column(opened, operand)
        if column.type == "VARCHAR" and opened.decimal is not None:
            return number(column.sql, opened.decimal)
        return f"TRY_CAST({column.sql} AS {NUMBER})"
    if isinstance(operand, int | float):
        return f"CAST({operand!r} AS {NUMBER})"
    if isinstance(operand, Total):
        lines = f"(PARTITION BY {_column(opened, operand.within).sql})"
        return f"TRY_CAST(sum({_number(opened, operand.total)}) OVER {lines} AS {NUMBER})"
    if isinstance(operand, Size):
        return f"abs({_number(opened, operand.size_of)})"
    if isinstance(operand, Product):
        return _chained(opened, operand.multiply, "{} * {}")
    if isinstance(operand, Quotient):
        # by way of floats, which keep more than the four decimals of the parts
        return _chained(opened, operand.divide, "CAST({} AS DOUBLE) / nullif(CAST({} AS DOUBLE), 0)")
    values = operand.add if isinstance(operand, Sum) else operand.subtract
    numbers = [_number(opened, value) for value in values]
    joined = (" + " if isinstance(operand, Sum) else " - ").join(f"coalesce({value}, 0)" for value in numbers)
    return f"CASE WHEN coalesce({', '.join(numbers)}) IS NOT NULL THEN TRY_CAST({joined} AS {NUMBER}) END"


def _chained(opened: OpenFile, operands: Sequence[Operand], step: str) -> str:
    result, *rest = (_number(opened, operand) for operand in operands)
    for value in rest:
        result = f"TRY_CAST({step.format(result, value)} AS {NUMBER})"
    return result


def _choice(opened: OpenFile, choice: Choice) -> Expression:
    cases = []
    for case in choice.cases:
        condition = " AND ".join(_condition(opened, part) for part in case.when)
        cases.append(f"WHEN {condition} THEN {_chosen(opened, case.then)}")
    otherwise = "NULL::VARCHAR" if choice.otherwise is None else _chosen(opened, choice.otherwise)
    columns = [
        part for part in (*(case.then for case in choice.cases), choice.otherwise) if isinstance(part, FromColumn)
    ]
    decimal = next((column.decimal for column in columns if column.decimal), opened.decimal)
    order = next((column.date_order for column in columns if column.date_order), opened.date_order)
    return Expression(f"CASE {' '.join(cases)} ELSE {otherwise} END", "VARCHAR", decimal, order)


def _chosen(opened: OpenFile, part: Scalar | FromColumn | Computed) -> str:
    """A choice as text: its parts may be of many types."""
    made = _part(opened, part)
    is_number = made.type == NUMBER or (isinstance(part, float) and opened.decimal is not None)
    # in this form a number is read right whatever the decimal mark of the file's texts
    return f"CAST({made.sql} AS VARCHAR)" + (" || 'e0'" if is_number and opened.decimal is not None else "")


def _condition(opened: OpenFile, condition: Condition) -> str:
    text = f"trim(CAST({_column(opened, condition.column).sql} AS VARCHAR))"
    value = _number(opened, condition.column)
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
    parts += [f"{value} {operator} {limit!r}" for operator, limit in limits.items() if limit is not None]
    return "(" + " AND ".join(parts) + ")"
