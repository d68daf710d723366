"""The one statement that reads a file, gives its values their types, and says of each row what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connectors.column_types import DUCKDB_TYPES
from connectors.files.client import OpenFile
from connectors.files.expressions import PLACE, Branch, Expression, Filled
from connectors.files.settings import DecimalMark
from connectors.files.template import TemplateColumn, TemplateTable
from connectors.files.values import full_year, iso_date, number, plain_time
from connectors.sql import identifier, identifiers, literal, literals

ROW_TEXT_LENGTH: Final = 2000
UNKNOWN_STORE: Final = "unknown store"
IN_THE_FUTURE: Final = " is in the future"
TOTALS_LINE: Final = "a totals line at the end of the file"
_CALENDAR: Final = frozenset({"timestamp", "date"})
_DATES: Final = {"dmy": "31/05/2024", "mdy": "05/31/2024", "ymd": "2024/05/31"}
_EARLIEST: Final = "1970-01-01"
_SHOWN: Final = 60
_WORDS: Final = {
    "decimal": "a number with at most 14 digits before the point",
    "integer": "a whole number",
    "timestamp": "a date and time such as 2024-05-31 14:05:00",
    "date": "a date such as 2024-05-31",
    "boolean": "true or false",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What a row is held against besides its own column types.

    Attributes:
        as_of_at: Moment that counts as now; a day later is the future.
        time_zone: Zone of times that do not say theirs.
        store_zones: Zone of each store that has one of its own; None where the mapping sets one for all.
        known_stores: Whether the table `known_stores` lists every store there is.
    """

    as_of_at: datetime
    time_zone: str
    store_zones: Dictionary[str, str]
    known_stores: bool


def checking_query(
    opened: OpenFile,
    declared: TemplateTable,
    filled: Filled,
    context: Context,
    one_row_per_key: bool,
) -> str:
    """SQL that selects the checked rows of one file, in its order.

    They have the columns of the template's table, and `_line` (null: the row's place among them says it),
    `_made` (whether the key was made here), `_reason` (null where nothing is wrong), `_row_text` (with a reason only)
    and `_content` (a hash of the whole record). Each value is computed in one place and used by name above it: DuckDB
    keeps the nested selects apart, so nothing is parsed twice.
    """
    values = _values(opened, filled, is_placed=one_row_per_key or opened.skipped > 0)
    if one_row_per_key:
        values = _one_row_per_key(values, declared, filled, opened.total)
    values = _with_iso_dates(values, declared, filled)
    typed = ", ".join(
        f"{_typed(name, column, filled.get(name), context, 'store_id' in filled)} AS {identifier(name)}"
        for name, column in declared.columns.items()
    )
    row_text = f"left(concat_ws(',', {_row_text(filled)}), {ROW_TEXT_LENGTH})"
    # windows and branches leave the rows in another order than the file's
    order = f" ORDER BY {PLACE}" if filled.relation is not None else ""
    return (
        f"SELECT {identifiers(declared.columns)}, _line, _made, _reason, _content, "
        f"CASE WHEN _reason IS NOT NULL THEN {row_text} END AS _row_text "
        f"FROM (SELECT *, {_reason(declared, filled, context, opened.total)} AS _reason FROM "
        f"({_with_made_keys(declared, filled, f'SELECT *, {typed} FROM ({values})')})){order}"
    )


def _values(opened: OpenFile, filled: Filled, *, is_placed: bool) -> str:
    is_placed = is_placed or filled.relation is not None
    relation = opened.relation if filled.relation is None else f"({filled.relation})"
    if is_placed and filled.relation is None:
        relation = f"(SELECT *, row_number() OVER () AS {PLACE} FROM {relation})"
    counted = f"{PLACE} + {opened.skipped + 1}" if is_placed else "NULL::BIGINT"
    hidden = f", {opened.line or counted} AS _line, {PLACE if is_placed else 'NULL::BIGINT'} AS {PLACE}"
    if len(filled.branches) == 1:
        return _branch(opened, filled.branches[0], hidden, relation, is_first=True)
    branches = " UNION ALL ".join(
        _branch(opened, branch, hidden, "lines", is_first=branch is filled.branches[0]) for branch in filled.branches
    )
    return f"WITH lines AS MATERIALIZED (SELECT * FROM {relation}) {branches}"


def _branch(opened: OpenFile, branch: Branch, hidden: str, relation: str, *, is_first: bool) -> str:
    selected = ", ".join(f"{_value_of(expression)} AS {_raw(name)}" for name, expression in branch.columns.items())
    content = ", ".join(column.sql for column in opened.columns.values())
    # the other rows that a line makes do not make the line a duplicate
    selected += f", hash({content}) AS _content" if is_first else ", NULL::UBIGINT AS _content"
    conditions = [branch.condition] if branch.condition else []
    if opened.total is not None:
        column, text = opened.total
        is_total = f"trim(CAST({column} AS VARCHAR)) = {literal(text)}"
        selected += f", coalesce({is_total}, false) AS _is_total"
        conditions += [] if is_first else [f"NOT coalesce({is_total}, false)"]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {selected}{hidden} FROM {relation}{where}"


def _value_of(expression: Expression) -> str:
    return f"nullif({expression.sql}, '')" if expression.type == "VARCHAR" else expression.sql


def _one_row_per_key(values: str, declared: TemplateTable, filled: Filled, total: tuple[str, str] | None) -> str:
    keys = [f"nullif(trim(CAST({_raw(name)} AS VARCHAR)), '') AS {_raw(name)}" for name in declared.key]
    last = [f"arg_max({_raw(name)}, {PLACE}) AS {_raw(name)}" for name in filled if name not in declared.key]
    required = [f"{_raw(name)} IS NOT NULL" for name in declared.key if declared.columns[name].required]
    if total is not None:
        required.append("NOT _is_total")
        last.append("false AS _is_total")
    return (
        f"SELECT {', '.join(_raw(name) for name in declared.key)}, {', '.join([*last, 'NULL::UBIGINT AS _content'])}, "
        f"max(_line) AS _line, max({PLACE}) AS {PLACE} "
        f"FROM (SELECT * REPLACE ({', '.join(keys)}) FROM ({values})) "
        f"WHERE {' AND '.join(required) or 'true'} GROUP BY ALL"
    )


def _with_iso_dates(values: str, declared: TemplateTable, filled: Filled) -> str:
    """Add the ISO form of dates that are written another way, in the three steps that this takes."""
    orders = {
        name: expression.date_order
        for name, expression in filled.items()
        if expression.date_order and expression.type == "VARCHAR" and declared.columns[name].type in _CALENDAR
    }
    if not orders:
        return values
    dates = [f"{iso_date(_raw(name), order)} AS {_iso(name)}" for name, order in orders.items()]
    years = [f"{full_year(_iso(name))} AS {_iso(name)}" for name in orders]
    times = [f"{plain_time(_iso(name))} AS {_iso(name)}" for name in orders]
    values = f"SELECT *, {', '.join(dates)} FROM ({values})"
    values = f"SELECT * REPLACE ({', '.join(years)}) FROM ({values})"
    return f"SELECT * REPLACE ({', '.join(times)}) FROM ({values})"


def _typed(name: str, column: TemplateColumn, expression: Expression | None, context: Context, has_store: bool) -> str:
    target = DUCKDB_TYPES[column.type]
    if expression is None:
        return f"NULL::{target}"
    raw = _raw(name)
    if column.type == "text":
        text = f"nullif(trim(CAST({raw} AS VARCHAR)), '')"
        # a column of whole and broken numbers in a sheet: 12 is no 12.0
        text = f"regexp_replace({text}, '\\.0$', '')" if expression.type == "DOUBLE" else text
        return f"lower({text})" if column.values else text
    if column.type in {"decimal", "integer"} and expression.type == "VARCHAR" and expression.decimal is not None:
        return _number(raw, column.type, expression.decimal)
    source_type = expression.type
    if column.type in _CALENDAR and expression.has_serial_dates and source_type in {"DOUBLE", "BIGINT"}:
        raw, source_type = _from_serial(raw), DUCKDB_TYPES["timestamp"].split(" ", 1)[0]
    if column.type in _CALENDAR and expression.date_order and source_type == "VARCHAR":
        raw = _iso(name)
    if column.type == "timestamp" and source_type != DUCKDB_TYPES["timestamp"]:
        return _moment(raw, source_type, context, has_store)
    return f"TRY_CAST({raw} AS {target})"


def _number(raw: str, kind: str, decimal: DecimalMark) -> str:
    value = number(raw, decimal)
    return value if kind == "decimal" else f"CASE WHEN {value} = trunc({value}) THEN CAST({value} AS BIGINT) END"


def _from_serial(raw: str) -> str:
    """The moment of a sheet's day number; numbers of no day between 1970 and 2199 are none."""
    moment = f"TIMESTAMP '1899-12-30' + to_milliseconds(CAST(round({raw} * 86400000) AS BIGINT))"
    return f"CASE WHEN {raw} BETWEEN 25569 AND 109574 THEN {moment} END"


def _moment(raw: str, source_type: str, context: Context, has_store: bool) -> str:
    """A UTC moment: as the text says when it names an offset, else in the zone of the store."""
    local = f"TRY_CAST({raw} AS TIMESTAMP)"
    moment = f"timezone({_zone(context, has_store)}, {local})"
    if source_type != "VARCHAR":
        return moment
    # after the date, a letter, a plus or a minus can only belong to an offset (2024-05-31T14:05:00Z, …+02:00)
    has_offset = f"regexp_matches(substr(trim({raw}), 12), '[A-Za-z+-]')"
    offset = f"coalesce(TRY_CAST({raw} AS TIMESTAMPTZ), TRY_CAST({_plain_offset(raw)} AS TIMESTAMPTZ))"
    return f"CASE WHEN {has_offset} THEN {offset} ELSE {moment} END"


def _plain_offset(raw: str) -> str:
    """10:00 +0200, 10:00Z and 10:00 GMT as DuckDB takes them: with seconds, and the offset right behind."""
    text = f"regexp_replace(trim({raw}), '\\s*(UTC|GMT)$', 'Z')"
    text = f"regexp_replace({text}, '\\s+([+-]\\d\\d)', '\\1')"
    return f"regexp_replace({text}, '([T ]\\d\\d?:\\d\\d)(Z|[+-])', '\\1:00\\2')"


def _zone(context: Context, has_store: bool) -> str:
    if not context.store_zones or not has_store:
        return literal(context.time_zone)
    cases = " ".join(
        f"WHEN {literal(store)} THEN {literal(zone)}" for store, zone in sorted(context.store_zones.items())
    )
    return f"CASE trim(CAST({_raw('store_id')} AS VARCHAR)) {cases} ELSE {literal(context.time_zone)} END"


def _with_made_keys(declared: TemplateTable, filled: Filled, typed: str) -> str:
    """Make ids that the file does not give (sale_lines alone has such columns).

    Lines of one store at one moment are one ticket. A line is known by its ticket and a hash of its content, so that
    its id does not depend on where in which file it stands; `identity.py` tells equal lines apart.
    """
    if not declared.repeats:
        return f"SELECT *, false AS _made FROM ({typed})"
    ticket = "store_id || ':' || strftime(timezone('UTC', sold_at), '%Y%m%dT%H%M%S')"
    with_ticket = f"SELECT * REPLACE (coalesce(sale_id, {ticket}) AS sale_id) FROM ({typed})"
    # a moment as a number: its text would depend on the session's time zone, and takes long to make
    as_text = {name: f"epoch_us({name})" for name, column in declared.columns.items() if column.type == "timestamp"}
    parts = ", ".join(
        f"{literal(name + '=')} || {as_text.get(name, identifier(name))}"
        for name in declared.columns
        if name in filled and name not in declared.key
    )
    made = f"sale_id || ':' || left(md5(concat_ws('|', {parts})), 16)"
    return (
        f"SELECT * REPLACE (coalesce(sale_line_id, {made}) AS sale_line_id), sale_line_id IS NULL AS _made "
        f"FROM ({with_ticket})"
    )


def _reason(declared: TemplateTable, filled: Filled, context: Context, total: tuple[str, str] | None) -> str:
    cases = [f"WHEN _is_total THEN {literal(TOTALS_LINE)}"] if total is not None else []
    for name, column in declared.columns.items():
        if name in filled:
            cases += _column_reasons(name, column, filled[name], context)
    if declared.one_of:
        none = " AND ".join(f"{identifier(name)} IS NULL" for name in declared.one_of)
        cases.append(f"WHEN {none} THEN {literal(' or '.join(declared.one_of) + ' is missing')}")
    return f"CASE {' '.join(cases)} END"


def _column_reasons(name: str, column: TemplateColumn, expression: Expression, context: Context) -> list[str]:
    value, raw = identifier(name), _raw(name)
    rules: list[tuple[str, str]] = []
    if column.type != "text":
        filled = f"{raw} IS NOT NULL" + (f" AND trim({raw}) <> ''" if expression.type == "VARCHAR" else "")
        rules.append((f"{value} IS NULL AND {filled}", f"{name} is not {_expected(column, expression)}"))
    if column.values:
        rules.append((f"{value} NOT IN {literals(column.values)}", f"{name} is none of {', '.join(column.values)}"))
    if name == "time_zone":
        rules.append((f"{value} NOT IN (SELECT name FROM pg_timezone_names())", f"{name} is no IANA time zone"))
    if column.type in {"timestamp", "date"}:
        rules += _calendar_rules(name, column, context)
    if column.refers_to == "stores" and context.known_stores:
        rules.append((f"{value} NOT IN (SELECT store_id FROM known_stores)", UNKNOWN_STORE))
    shown = f"left(trim(CAST({raw} AS VARCHAR)), {_SHOWN})"
    cases = [f"WHEN {wrong} THEN {literal(f'{reason}: ')} || {shown}" for wrong, reason in rules]
    if column.required:
        cases.insert(1 if column.type != "text" else 0, f"WHEN {value} IS NULL THEN {literal(f'{name} is missing')}")
    return cases


def _calendar_rules(name: str, column: TemplateColumn, context: Context) -> list[tuple[str, str]]:
    value, target = identifier(name), DUCKDB_TYPES[column.type]
    latest = literal((context.as_of_at + timedelta(days=1)).isoformat())
    rules = [(f"NOT isfinite({value})", f"{name} is no day of the calendar")]
    if not column.may_be_future:
        rules.append((f"{value} > CAST(CAST({latest} AS TIMESTAMPTZ) AS {target})", f"{name}{IN_THE_FUTURE}"))
    if column.type == "timestamp":
        rules.append((f"{value} < TIMESTAMPTZ '{_EARLIEST}'", f"{name} is before {_EARLIEST}"))
    return rules


def _expected(column: TemplateColumn, expression: Expression) -> str:
    example = _DATES.get(expression.date_order or "", "")
    if column.type in _CALENDAR and example:
        return f"a date such as {example}" + (" or a date and time" if column.type == "timestamp" else "")
    if column.type in {"decimal", "integer"} and expression.decimal == ",":
        return f"a {'whole ' if column.type == 'integer' else ''}number with a decimal comma"
    return _WORDS[column.type]


def _row_text(filled: Filled) -> str:
    return ", ".join(f"coalesce(CAST({_raw(name)} AS VARCHAR), '')" for name in filled)


def _raw(name: str) -> str:
    return identifier(f"raw {name}")


def _iso(name: str) -> str:
    return identifier(f"iso {name}")
