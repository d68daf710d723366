"""Names: every table and column is looked up, scope by scope, in what the principal may read, and spelt out in full."""

from __future__ import annotations

import difflib
from typing import Final

from sqlglot import exp
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from metrics.guard.shape import PARSER_ERRORS
from metrics.policy import Policy
from retail.errors import Refused
from retail.vocabulary import CATALOGUE, MARTS_SCHEMA

_SYSTEM_PREFIXES: Final = ("duckdb_", "pg_", "sqlite_", "pragma_", "information_schema")


def resolve(tree: exp.Expr, policy: Policy) -> exp.Expr:
    """Spell out every table as catalogue.schema.table and every column as table.column, stars included.

    Raises:
        Refused: A table or column is not there, or not for this principal.
    """
    tree = normalize_identifiers(tree, dialect="duckdb")
    _check_cte_names(tree, policy)
    _resolve_tables(tree, policy)
    schema: dict[str, object] = {
        CATALOGUE: {MARTS_SCHEMA: {table: dict(columns) for table, columns in policy.tables.items()}}
    }
    try:
        return qualify(tree, schema=schema, dialect="duckdb")
    except PARSER_ERRORS as error:
        raise Refused(_explain_column(str(error), tree, policy), "column") from error


def _check_cte_names(tree: exp.Expr, policy: Policy) -> None:
    for cte in tree.find_all(exp.CTE):
        name = cte.alias.lower()
        if name in policy.tables or name in policy.hidden_tables or name.startswith(_SYSTEM_PREFIXES) or not name:
            raise Refused(f"A WITH may not be called {name!r}: a table has that name.", "table")


def _resolve_tables(tree: exp.Expr, policy: Policy) -> None:
    seen: set[int] = set()
    try:
        scopes = traverse_scope(tree)
    except PARSER_ERRORS as error:
        raise Refused(f"The query cannot be followed: {str(error)[:200]}", "parse") from error
    for scope in scopes:
        for table in scope.tables:
            seen.add(id(table))
            if not table.db and not table.catalog and table.name in scope.cte_sources:
                continue
            _resolve_table(table, policy)
    if any(id(table) not in seen for table in tree.find_all(exp.Table)):
        raise Refused("The query reads a table in a place that cannot be checked.", "table")


def _resolve_table(table: exp.Table, policy: Policy) -> None:
    if (table.catalog or CATALOGUE) != CATALOGUE or (table.db or MARTS_SCHEMA) != MARTS_SCHEMA:
        raise Refused(f"Only the schema {MARTS_SCHEMA} can be read, not {table.sql(dialect='duckdb')[:100]}.", "table")
    if table.name in policy.hidden_tables:
        raise Refused(f"The table {table.name} holds rows of every store; you may see some stores only.", "role")
    if table.name not in policy.tables:
        near = difflib.get_close_matches(table.name, policy.tables, 3) or sorted(policy.tables)[:5]
        raise Refused(f"There is no table {table.name[:100]!r}. There is for instance {', '.join(near)}.", "table")
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
    table.set("db", exp.to_identifier(MARTS_SCHEMA, quoted=True))
    table.set("catalog", exp.to_identifier(CATALOGUE, quoted=True))


def _explain_column(message: str, tree: exp.Expr, policy: Policy) -> str:
    tables = {table.name for table in tree.find_all(exp.Table)}
    hidden = set().union(*(policy.hidden_columns.get(table, frozenset()) for table in tables))
    for column in tree.find_all(exp.Column):
        if column.name in hidden:
            return f"The role {policy.role.value} may not see the column {column.name}."
    first = message.splitlines()[0][:200] if message else "unknown column"
    return f"A column cannot be found among the tables of the query: {first}"
