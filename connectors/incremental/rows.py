"""Records of an API as typed columns; what does not fit its type is rejected, one record at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from connectors.column_types import LogicalType
from connectors.incremental.table import RawTable, Rejected

ROW_TEXT_LENGTH: Final = 2000
Record = Mapping[str, Any]

_ARROW: Final[dict[LogicalType, pa.DataType]] = {
    "text": pa.string(),
    "decimal": pa.decimal128(18, 4),
    "integer": pa.int64(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
_WHAT: Final[dict[LogicalType, str]] = {
    "text": "text",
    "decimal": "a number of at most 14 digits before the point",
    "integer": "a whole number",
    "timestamp": "a date and time",
    "date": "a date",
    "boolean": "true or false",
}
_EXACT_IN_FLOAT: Final = 1e11
_PLACES: Final = Decimal("0.0001")


def arrow_schema(columns: Mapping[str, LogicalType]) -> pa.Schema:
    """The Arrow types that batches of a table have."""
    return pa.schema([(name, _ARROW[logical]) for name, logical in columns.items()])


def typed_rows(
    table: RawTable, records: Sequence[Record], *, is_personal: bool = False
) -> tuple[pa.Table, list[Rejected]]:
    """Records as rows of a table. A record has its values under the names of the columns; a missing one is null.

    Numbers may be numbers or text, moments text in ISO form (UTC where they name no offset) or `datetime`; an empty
    text is null, except as text. Decimals are rounded to four places; a number with decimals is no whole number.

    Args:
        table: The table.
        records: Its records.
        is_personal: Whether a record holds personal data, which must not be quoted in the quarantine.

    Returns:
        The rows, and the records that cannot be rows: a value of the wrong type, or no key.
    """
    columns = [_column(logical, [record.get(name) for record in records]) for name, logical in table.columns.items()]
    fit = [column for column in columns if column is not None]
    if len(fit) == len(columns):
        rows = pa.Table.from_arrays(fit, schema=arrow_schema(table.columns))
        if not any(rows.column(name).null_count for name in table.key):
            return rows, []
    if len(records) == 1:
        return arrow_schema(table.columns).empty_table(), [_rejected(table, records[0], is_personal=is_personal)]
    middle = len(records) // 2
    first, first_rejected = typed_rows(table, records[:middle], is_personal=is_personal)
    second, second_rejected = typed_rows(table, records[middle:], is_personal=is_personal)
    return pa.concat_tables([first, second]), first_rejected + second_rejected


def _column(logical: LogicalType, values: list[Any]) -> pa.Array | None:
    """The values as Arrow; None where one of them does not fit. An empty text is null, except as text."""
    column = _converted(logical, values)
    if column is None and logical != "text" and "" in values:
        return _converted(logical, [None if value == "" else value for value in values])
    return column


def _converted(logical: LogicalType, values: list[Any]) -> pa.Array | None:
    try:
        return _CONVERTERS[logical](values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, ValueError, TypeError):
        return None
    except InvalidOperation:
        return None


def _text(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _decimal(values: list[Any]) -> pa.Array:
    numbers = pa.array(values) if not any(isinstance(value, str | Decimal) for value in values) else None
    if numbers is not None and (pa.types.is_floating(numbers.type) or pa.types.is_integer(numbers.type)):
        floats = numbers.cast(pa.float64(), safe=False)
        if (pc.max(pc.abs(floats)).as_py() or 0.0) < _EXACT_IN_FLOAT:
            return pc.round(floats, 4).cast(_ARROW["decimal"])
    exact = [None if value is None else _number(value).quantize(_PLACES) for value in values]
    return pa.array(exact, _ARROW["decimal"])


def _integer(values: list[Any]) -> pa.Array:
    numbers = pa.array(values) if not any(isinstance(value, str | Decimal) for value in values) else None
    if numbers is not None and (pa.types.is_integer(numbers.type) or pa.types.is_null(numbers.type)):
        return numbers.cast(pa.int64())
    return pa.array([None if value is None else _whole(_number(value)) for value in values], pa.int64())


def _number(value: object) -> Decimal:
    # Python also takes true for 1, and 1_000 for a thousand.
    if isinstance(value, bool) or "_" in (text := str(value)):
        raise ValueError(f"{value!r} is no number")
    return Decimal(text)


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise ValueError(f"{number} is no whole number")
    return int(number)


def _timestamp(values: list[Any]) -> pa.Array:
    moments = pa.array(values)
    if pa.types.is_string(moments.type):
        for naive in (pa.timestamp("us"), _ARROW["timestamp"]):
            try:
                return moments.cast(naive).cast(_ARROW["timestamp"])
            except pa.ArrowInvalid:  # some or all of them name their offset, or one is no moment
                continue
        return pa.array([None if value is None else _moment(value) for value in values], _ARROW["timestamp"])
    if pa.types.is_integer(moments.type):
        raise TypeError("a number says nothing about its unit and its beginning")
    return moments.cast(_ARROW["timestamp"])


def _moment(text: str) -> datetime:
    if text[4:5] != "-":  # Python also takes 20260102
        raise ValueError(f"{text!r} is no moment in ISO form with dashes")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(values: list[Any]) -> pa.Array:
    return pa.array(values).cast(pa.date32())


def _boolean(values: list[Any]) -> pa.Array:
    return pa.array([None if value is None else _truth(value) for value in values], pa.bool_())


def _truth(value: object) -> bool:
    if value in {0, 1}:
        return bool(value)
    raise ValueError(f"{value!r} is neither true nor false")


_CONVERTERS: Final[dict[LogicalType, Callable[[list[Any]], pa.Array]]] = {
    "text": _text,
    "decimal": _decimal,
    "integer": _integer,
    "timestamp": _timestamp,
    "date": _date,
    "boolean": _boolean,
}


def _rejected(table: RawTable, record: Record, *, is_personal: bool) -> Rejected:
    key = ", ".join(str(record.get(name)) for name in table.key)
    missing = [name for name in table.key if record.get(name) is None]
    reason = f"{missing[0]} is missing" if missing else "cannot be read"
    for name, logical in table.columns.items():
        if not missing and _column(logical, [record.get(name)]) is None:
            value = "the value" if is_personal else repr(record.get(name))[:80]
            reason = f"{name}: {value} is not {_WHAT[logical]}"
            break
    # Only what is read: the record may hold more, and that may be about people.
    shown = ", ".join(f"{name}={record[name]!r}" for name in table.columns if name in record)
    return Rejected(key, reason, "" if is_personal else shown[:ROW_TEXT_LENGTH])
