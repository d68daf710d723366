"""Records as typed rows: what is taken for each type and what is not, and what is said of a record that is no row."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from connectors.column_types import LogicalType
from connectors.incremental import RawTable, arrow_schema, typed_rows

BERLIN = timezone(timedelta(hours=1))
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVERY_TYPE: dict[str, LogicalType] = {
    "id": "integer",
    "name": "text",
    "amount": "decimal",
    "at": "timestamp",
    "day": "date",
    "is_open": "boolean",
}


def table(columns: dict[str, LogicalType], key: str = "id") -> RawTable:
    return RawTable("things", "things", ("products",), columns, (key,))


def one(logical: LogicalType, value: object) -> object:
    """What becomes of a value; `rejected` where it does not fit."""
    rows, rejected = typed_rows(table({"id": "integer", "value": logical}), [{"id": 1, "value": value}])
    assert rows.num_rows + len(rejected) == 1
    return "rejected" if rejected else rows["value"][0].as_py()


def test_a_record_of_every_type() -> None:
    record = {"id": 7, "name": "Tee", "amount": 1.5, "at": "2026-01-02 03:04:05", "day": "2026-01-02", "is_open": True}
    rows, rejected = typed_rows(table(EVERY_TYPE), [record])
    assert rejected == []
    assert rows.schema == arrow_schema(EVERY_TYPE)
    assert rows.to_pylist() == [record | {"amount": Decimal("1.5"), "at": MOMENT, "day": date(2026, 1, 2)}]


def test_a_value_that_is_missing_is_null() -> None:
    rows, rejected = typed_rows(table(EVERY_TYPE), [{"id": 1}, {"id": 2, "name": None, "amount": None, "at": None}])
    assert rejected == []
    assert [set(row.values()) for row in rows.to_pylist()] == [{1, None}, {2, None}]


def test_no_records_are_no_rows() -> None:
    rows, rejected = typed_rows(table(EVERY_TYPE), [])
    assert (rows.num_rows, rows.schema, rejected) == (0, arrow_schema(EVERY_TYPE), [])


def test_what_a_record_has_besides_the_columns_is_left_out() -> None:
    rows, _ = typed_rows(table({"id": "integer"}), [{"id": 1, "note": "call Eva"}])
    assert rows.to_pylist() == [{"id": 1}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        ("Käse 🧀", "Käse 🧀"),
        (5, "5"),
        (2.5, "2.5"),
        (Decimal("1.50"), "1.50"),
        ("00123", "00123"),
        (None, None),
    ],
)
def test_text(value: object, expected: object) -> None:
    assert one("text", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"), (-0.0, "0"), (5, "5"), (0.1, "0.1"), (-1.23456, "-1.2346"), ("12.5", "12.5"), (" 12.5 ", "12.5"),
        ("1e3", "1000"), (Decimal("2.00004"), "2"), ("-0.00001", "0"), (1e-9, "0"),
        (99_999_999_999.25, "99999999999.25"), (100_000_000_000.25, "100000000000.25"),
        (123_456_789_012.3456, "123456789012.3456"), (2**46, str(2**46)),
        ("99999999999999.9999", "99999999999999.9999"), (Decimal("-99999999999999.9999"), "-99999999999999.9999"),
    ],
)  # fmt: skip
def test_decimals_are_exact_to_four_places_up_to_fourteen_digits(value: object, expected: str) -> None:
    assert one("decimal", value) == Decimal(expected)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), float("inf"), float("-inf"), Decimal("NaN"), "NaN", "Infinity", "12,5", "1 000", "1_000",
        "twelve", True, [1], {}, 1e14, -1e14, 10**14, "100000000000000", "99999999999999.99999", "1e400", 1e300,
        10**30, b"1x",
    ],
)  # fmt: skip
def test_what_is_no_decimal(value: object) -> None:
    assert one("decimal", value) == "rejected"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), (-7, -7), ("42", 42), (" 42 ", 42), (5.0, 5), ("5.0", 5), (Decimal(5), 5), (2**63 - 1, 2**63 - 1)],
)
def test_whole_numbers(value: object, expected: int) -> None:
    assert one("integer", value) == expected


@pytest.mark.parametrize(
    "value",
    [5.7, "5.7", Decimal("5.5"), 2**63, "9223372036854775808", 1e30, True, False, "x", "1_0", float("nan"), [1]],
)
def test_what_is_no_whole_number_is_not_made_one(value: object) -> None:
    assert one("integer", value) == "rejected"


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-02 03:04:05", "2026-01-02T03:04:05", "2026-01-02T03:04:05Z", "2026-01-02 03:04:05.000000",
        "2026-01-02T04:04:05+01:00", "2026-01-02T04:04:05+0100", "2026-01-01T22:04:05-05", "2026-01-02T03:04:05.000Z",
        datetime(2026, 1, 2, 3, 4, 5), MOMENT, MOMENT.astimezone(BERLIN),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_moments_are_utc_unless_they_name_their_offset(value: object) -> None:
    assert one("timestamp", value) == MOMENT


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-02 03:04:05.123456", MOMENT.replace(microsecond=123456)),
        ("2026-01-02T03:04:05.5Z", MOMENT.replace(microsecond=500000)),
        ("2026-01-02 03:04", MOMENT.replace(second=0)),
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        (date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)),
        ("1899-12-31 00:00:00", datetime(1899, 12, 31, tzinfo=UTC)),
    ],
)
def test_moments_keep_what_they_say(value: object, expected: datetime) -> None:
    assert one("timestamp", value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30 00:00:00", "2026-13-01", "0000-00-00 00:00:00", "2026-01-02 25:00:00", "02.01.2026", "01/02/2026",
        "20260102030405", "20260102", "yesterday", 20260102030405, 1767323045, 1767323045.5, True, [2026, 1, 2],
        "10000-01-01",
    ],
)  # fmt: skip
def test_what_is_no_moment(value: object) -> None:
    assert one("timestamp", value) == "rejected"


def test_moments_with_and_without_an_offset_may_stand_in_one_column() -> None:
    texts = ["2026-01-02 03:04:05", "2026-01-02T04:04:05+01:00", None, "2026-01-02T03:04:05Z", ""]
    rows, rejected = typed_rows(table({"id": "integer", "at": "timestamp"}), [{"id": 1, "at": at} for at in texts])
    assert rejected == []
    assert rows["at"].to_pylist() == [MOMENT, MOMENT, None, MOMENT, None]


@pytest.mark.parametrize("value", ["2026-01-02", date(2026, 1, 2), datetime(2026, 1, 2, 23, 59, tzinfo=UTC)])
def test_days(value: object) -> None:
    assert one("date", value) == date(2026, 1, 2)


@pytest.mark.parametrize(
    "value", ["2026-02-29", "0000-00-00", "02.01.2026", "2026-01-02 03:04:05", 20260102, 20455, True, "20260102"]
)
def test_what_is_no_day(value: object) -> None:
    assert one("date", value) == "rejected"


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), (False, False), (1, True), (0, False), (Decimal(1), True)]
)
def test_truth(value: object, expected: bool) -> None:
    assert one("boolean", value) is expected


@pytest.mark.parametrize("value", ["true", "1", "yes", 2, -1, 0.5, [], b"\x01"])
def test_what_is_neither_true_nor_false(value: object) -> None:
    assert one("boolean", value) == "rejected"


@pytest.mark.parametrize("logical", ["decimal", "integer", "timestamp", "date", "boolean"])
def test_an_empty_text_is_null_except_as_text(logical: LogicalType) -> None:
    assert one(logical, "") is None
    assert one("text", "") == ""


@pytest.mark.parametrize(
    ("logical", "good", "bad"),
    [("decimal", 1.5, "x"), ("integer", 3, 3.5), ("timestamp", "2026-01-02", "2026-02-30"), ("date", "2026-01-02", "-"),
     ("boolean", True, 7), ("decimal", 1.5, float("nan")), ("decimal", "1.5", 10**20), ("integer", 1, 2**64)],
)  # fmt: skip
@pytest.mark.parametrize("where", [{0}, {499}, {250}, {0, 1, 2}, {3, 77, 400, 499}, set(range(500))])
def test_bad_values_are_split_off_one_by_one(logical: LogicalType, good: object, bad: object, where: set[int]) -> None:
    records = [{"id": number, "value": bad if number in where else good} for number in range(500)]
    rows, rejected = typed_rows(table({"id": "integer", "value": logical}), records)
    assert rows["id"].to_pylist() == [number for number in range(500) if number not in where]
    assert rows["value"].null_count == 0
    assert [entry.key for entry in rejected] == [str(number) for number in sorted(where)]


def test_numbers_of_several_kinds_may_stand_in_one_column() -> None:
    values: list[Any] = [1, 2.5, "3.25", Decimal("4.125"), None, "", 2**46]
    records = [{"id": number, "value": value} for number, value in enumerate(values)]
    rows, rejected = typed_rows(table({"id": "integer", "value": "decimal"}), records)
    assert rejected == []
    exact = [Decimal(1), Decimal("2.5"), Decimal("3.25"), Decimal("4.125"), None, None, Decimal(2**46)]
    assert rows["value"].to_pylist() == exact


def test_a_record_without_its_key_is_rejected() -> None:
    records = [{"id": 1, "name": "a"}, {"id": None, "name": "b"}, {"name": "c"}]
    rows, rejected = typed_rows(table({"id": "integer", "name": "text"}), records)
    assert rows["id"].to_pylist() == [1]
    assert [entry.reason for entry in rejected] == ["id is missing", "id is missing"]


def test_every_column_of_a_key_is_needed() -> None:
    wide = RawTable("things", "things", ("products",), {"order": "text", "line": "integer"}, ("order", "line"))
    _, (rejected,) = typed_rows(wide, [{"order": "A", "line": None}])
    assert (rejected.key, rejected.reason) == ("A, None", "line is missing")


@pytest.mark.parametrize(
    ("logical", "value", "reason"),
    [
        ("decimal", "12,5", "value: '12,5' is not a number of at most 14 digits before the point"),
        ("integer", 5.7, "value: 5.7 is not a whole number"),
        ("timestamp", "2026-02-30", "value: '2026-02-30' is not a date and time"),
        ("date", "31.12.2026", "value: '31.12.2026' is not a date"),
        ("boolean", "yes", "value: 'yes' is not true or false"),
    ],
)
def test_a_reason_names_the_column_and_the_value(logical: LogicalType, value: object, reason: str) -> None:
    _, (rejected,) = typed_rows(table({"id": "integer", "value": logical}), [{"id": 9, "value": value}])
    assert (rejected.key, rejected.reason) == ("9", reason)
    assert rejected.row_text == f"id=9, value={value!r}"


def test_long_values_and_rows_are_cut() -> None:
    columns: dict[str, LogicalType] = {"id": "integer", "value": "decimal", "name": "text"}
    _, (rejected,) = typed_rows(table(columns), [{"id": 1, "value": "x" * 5000, "name": "y" * 5000}])
    assert len(rejected.reason) < 200
    assert len(rejected.row_text) == 2000


def test_a_rejected_record_shows_only_what_is_read() -> None:
    _, (rejected,) = typed_rows(table({"id": "integer"}), [{"id": "x", "customer_name": "Eva Example"}])
    assert rejected.row_text == "id='x'"


def test_personal_data_is_not_quoted() -> None:
    columns: dict[str, LogicalType] = {"id": "integer", "email": "text", "since": "date"}
    record = {"id": 3, "email": "eva@example.test", "since": "Eva Example, since May"}
    _, (rejected,) = typed_rows(table(columns), [record], is_personal=True)
    assert (rejected.key, rejected.reason, rejected.row_text) == ("3", "since: the value is not a date", "")


def test_rows_of_split_batches_keep_their_order_and_types() -> None:
    records: list[dict[str, Any]] = [{"id": number, "value": 1} for number in range(10)]
    records[4]["value"] = "x"
    rows, _ = typed_rows(table({"id": "integer", "value": "decimal"}), records)
    assert isinstance(rows, pa.Table)
    assert rows.schema == arrow_schema({"id": "integer", "value": "decimal"})
    assert rows["id"].to_pylist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
