"""What the columns of a raw table can be, and what DuckDB and dlt call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from dlt.common.schema.typing import TColumnSchema

LogicalType = Literal["text", "decimal", "integer", "timestamp", "date", "boolean"]

DUCKDB_TYPES: Final[dict[LogicalType, str]] = {
    "text": "VARCHAR",
    "decimal": "DECIMAL(18, 4)",
    "integer": "BIGINT",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "date": "DATE",
    "boolean": "BOOLEAN",
}
"""Type of a column in the warehouse."""


def dlt_column(name: str, logical: LogicalType) -> TColumnSchema:
    """Declare a column to dlt, so that the warehouse gets the type of `DUCKDB_TYPES` even from an empty load."""
    match logical:
        case "text":
            return {"name": name, "data_type": "text"}
        case "decimal":
            return {"name": name, "data_type": "decimal", "precision": 18, "scale": 4}
        case "integer":
            return {"name": name, "data_type": "bigint"}
        case "timestamp":
            return {"name": name, "data_type": "timestamp"}
        case "date":
            return {"name": name, "data_type": "date"}
        case "boolean":
            return {"name": name, "data_type": "bool"}
