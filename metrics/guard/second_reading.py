"""A second reading by DuckDB's own parser, in case sqlglot understood a text otherwise than the engine does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any, Final

import duckdb

from metrics.guard.allowed import ENGINE_FUNCTIONS
from metrics.policy import Policy
from retail.duckdb_options import OFFLINE
from retail.errors import Refused
from retail.vocabulary import CATALOGUE, MARTS_SCHEMA

_RELATIONS: Final = frozenset({"BASE_TABLE", "JOIN", "SUBQUERY", "EMPTY"})
_QUERIES: Final = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"})
_EXPRESSION_CLASSES = """
BETWEEN CASE CAST COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION OPERATOR SUBQUERY WINDOW POSITIONAL_REFERENCE STAR
"""
_EXPRESSIONS: Final = frozenset(_EXPRESSION_CLASSES.split())
_LOCK: Final = threading.Lock()
_PARSER: list[duckdb.DuckDBPyConnection] = []


def read_again(sql: str, policy: Policy) -> None:
    """Parse the text that is about to run with DuckDB and hold what it sees to the same lists.

    Raises:
        Refused: DuckDB sees something that the lists do not have.
    """
    tree = json.loads(_serialise(sql))
    if tree.get("error"):
        raise Refused(f"The query cannot be run: {str(tree.get('error_message'))[:200]}", "parse")
    if len(tree["statements"]) != 1:
        raise Refused("Write exactly one statement.", "statement")
    names = {name.lower() for node in _nodes(tree) for name in _cte_names(node)}
    for node in _nodes(tree):
        _check(node, names, policy)


def _serialise(sql: str) -> str:
    with _LOCK:
        if not _PARSER:
            _PARSER.append(
                duckdb.connect(":memory:", config={**OFFLINE, "enable_external_access": False, "threads": 1})
            )
        row = _PARSER[0].execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    assert row is not None
    return str(row[0])


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield item
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def _cte_names(node: dict[str, Any]) -> list[str]:
    cte_map = node.get("cte_map")
    return [entry["key"] for entry in cte_map.get("map", [])] if isinstance(cte_map, dict) else []


def _check(node: dict[str, Any], cte_names: set[str], policy: Policy) -> None:
    kind, group = node.get("type"), node.get("class")
    if node.get("sample"):
        raise Refused("Sampling is not allowed.", "node")
    if group is not None and group not in _EXPRESSIONS:
        raise Refused(f"An expression of kind {str(group).lower()} is not allowed.", "node")
    if group in {"FUNCTION", "WINDOW"}:
        name = str(node.get("function_name", "")).lower()
        operator = bool(node.get("is_operator")) or name in {"~~", "!~~", "~~*", "!~~*"}
        if not operator and name not in ENGINE_FUNCTIONS:
            raise Refused(f"The function {name[:100]} is not allowed.", "function")
    elif group is None and isinstance(kind, str) and "query_location" in node and kind not in _RELATIONS:
        raise Refused(f"Reading from {kind.lower().replace('_', ' ')} is not allowed.", "node")
    elif isinstance(kind, str) and kind.endswith("_NODE") and kind not in _QUERIES:
        raise Refused(f"A query of kind {kind.lower().replace('_', ' ')} is not allowed.", "node")
    if kind == "BASE_TABLE":
        _check_table(node, cte_names, policy)


def _check_table(node: dict[str, Any], cte_names: set[str], policy: Policy) -> None:
    place = (node.get("catalog_name"), node.get("schema_name"))
    name = str(node.get("table_name"))
    known = (place == (CATALOGUE, MARTS_SCHEMA) and name in policy.tables) or (
        place == ("", "") and name.lower() in cte_names
    )
    if not known or node.get("at_clause"):
        raise Refused(f"The table {name[:100]!r} cannot be read.", "table")
