"""The shape of a query: one SELECT, made of known parts only, with limits that are numbers."""

from __future__ import annotations

import re
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from metrics.guard import allowed
from retail.errors import Refused

_WORD: Final = re.compile(r"[A-Za-z_]{1,30}")
_MOST_DIGITS: Final = 12


PARSER_ERRORS: Final = (
    SqlglotError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What sqlglot raises on hostile text: its own errors, and whatever it stumbles over."""

_BEGINNINGS: Final = frozenset({TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN})


def parse(sql: str) -> exp.Expr:
    """Read exactly one SELECT (or a union of them).

    Raises:
        Refused: The text is not that.
    """
    try:
        tokens = [token.token_type for token in sqlglot.tokenize(sql, read="duckdb")]
        while tokens and tokens[-1] is TokenType.SEMICOLON:
            tokens.pop()
        if TokenType.SEMICOLON in tokens:
            raise Refused("Write exactly one statement, without a second one after a semicolon.", "statement")
        if not tokens or tokens[0] not in _BEGINNINGS:
            raise Refused("Only SELECT is allowed: nothing here can change data or settings.", "statement")
        statements = [statement for statement in sqlglot.parse(sql, read="duckdb") if statement is not None]
    except PARSER_ERRORS as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Refused(f"The query cannot be read as SQL: {_plain(first)}", "parse") from error
    if len(statements) != 1 or not isinstance(statements[0], (exp.Select, exp.SetOperation)):
        raise Refused("Only SELECT is allowed: nothing here can change data or settings.", "statement")
    return statements[0]


def check_parts(tree: exp.Expr) -> None:
    """Refuse every part that is not on the list."""
    for node in tree.walk():
        name = type(node).__name__
        if isinstance(node, exp.Anonymous):
            _check_untyped(node)
        elif name not in allowed.NODES:
            if isinstance(node, exp.Func):
                raise Refused(f"The function {node.sql_name().lower()} is not allowed.", "function")
            raise Refused(f"{_describe(node)} is not allowed.", "node")
        arguments = allowed.ARGUMENTS.get(type(node))
        if arguments is not None:
            extra = sorted(key for key, value in node.args.items() if value and key not in arguments)
            if extra:
                raise Refused(f"{_describe(node)} with {extra[0].strip('_').replace('_', ' ')} is not allowed.", "node")
        _check_details(node)


def _check_untyped(node: exp.Anonymous) -> None:
    if node.name.lower() not in allowed.UNTYPED_FUNCTIONS:
        raise Refused(f"The function {_plain(node.name.lower())} is not allowed.", "function")


def _check_details(node: exp.Expr) -> None:
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        raise Refused("Table functions are not allowed; read the tables of the marts.", "function")
    if isinstance(node, exp.SetOperation) and not all(
        isinstance(side, exp.Query) for side in (node.this, node.expression)
    ):
        raise Refused("Both sides of UNION, EXCEPT and INTERSECT have to be a SELECT.", "statement")
    if isinstance(node, exp.Var) and (not _WORD.fullmatch(node.name) or _is_misplaced_all(node)):
        raise Refused(f"{_plain(node.name)} is not allowed here.", "node")
    if isinstance(node, exp.DataType) and (node.this.name not in allowed.TYPES or node.args.get("nested")):
        raise Refused("Values can be cast to plain types only: numbers, text, dates, times and booleans.", "type")
    if isinstance(node, (exp.Limit, exp.Offset)):
        number = node.expression
        if not isinstance(number, exp.Literal) or not number.is_int or len(number.name) > _MOST_DIGITS:
            raise Refused("LIMIT and OFFSET take a plain whole number.", "limit")
    if isinstance(node, exp.Join) and (node.kind not in allowed.JOIN_KINDS or node.side not in allowed.JOIN_SIDES):
        raise Refused("Only INNER, LEFT, RIGHT, FULL and CROSS joins are allowed.", "join")
    if isinstance(node, exp.Alias) and node.this.is_star:
        raise Refused("A star stands for several columns and cannot be given a name.", "node")
    if isinstance(node, exp.Star) and not isinstance(node.parent, (exp.Count, exp.Select, exp.Column)):
        raise Refused("A star is allowed in the list of columns and in count(*) only.", "node")


def _is_misplaced_all(node: exp.Var) -> bool:
    """ORDER BY ALL means the columns of a SELECT; inside an aggregate DuckDB takes it for every column there is."""
    order = node.find_ancestor(exp.Order)
    return node.name.upper() == "ALL" and not (order is not None and isinstance(order.parent, exp.Query))


def cut(tree: exp.Expr, most_rows: int) -> exp.Expr:
    """Set the outer LIMIT: what was asked for, or one row more than is shown, whichever is less."""
    limit = tree.args.get("limit")
    wanted = int(limit.expression.name) if isinstance(limit, exp.Limit) else most_rows + 1
    tree.set("limit", exp.Limit(expression=exp.Literal.number(min(wanted, most_rows + 1))))
    return tree


def _describe(node: exp.Expr) -> str:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(node).__name__).upper()
    return f"A part of kind {words}"


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)[:200]
