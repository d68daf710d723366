"""The one gate to the database: a statement is sent only if it is one SELECT on a table that may be read."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from retail.errors import Refused

_NEVER: Final = ("/*", "--", "#", ";", "\\")
"""Comments can hold what only the server runs (`/*! … */`); nothing here needs them, nor a second statement."""

_ALLOWED: Final = (
    exp.Select, exp.Star, exp.Column, exp.Identifier, exp.Table, exp.TableAlias, exp.Alias, exp.Subquery, exp.From,
    exp.Join, exp.Where, exp.Group, exp.Order, exp.Ordered, exp.Limit, exp.Literal, exp.Null, exp.Paren, exp.Neg,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between,
    exp.Tuple, exp.RegexpLike, exp.Like, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Case, exp.If,
    exp.Coalesce, exp.Nullif, exp.Concat, exp.ConcatWs, exp.Count, exp.Sum, exp.Min, exp.Max, exp.Round, exp.Cast,
    exp.DataType, exp.Distinct, exp.Date, exp.TsOrDsToDate, exp.TimestampDiff, exp.UtcTimestamp, exp.SubstringIndex,
    exp.Pad, exp.Left, exp.Interval, exp.Var, exp.Boolean, exp.CurrentSchema, exp.CurrentVersion, exp.Substring,
    exp.Length, exp.Anonymous, exp.Dot, exp.UnixToTime,
)  # fmt: skip
_FUNCTIONS: Final = frozenset({"VERSION", "DATABASE", "CRC32", "UNIX_TIMESTAMP", "IFNULL", "CHAR_LENGTH"})
"""Functions that sqlglot does not know by a class of its own."""


def only_select(sql: str, readable: AbstractSet[str]) -> str:
    """The statement, if it is one plain SELECT.

    Args:
        sql: The statement.
        readable: Tables that may be read, in lower case; `information_schema.…` with its schema.

    Raises:
        Refused: It is anything else: another kind of statement, several, one with a comment, an `INTO`, a lock or
            a variable in it, a function that is not on the list, or a table that is not to be read.
    """
    if any(token in sql for token in _NEVER):
        raise _refused("has a comment, an escape or a second statement in it")
    if not sql.lower().startswith("select "):
        raise _refused("does not begin with SELECT")
    try:
        parsed = sqlglot.parse(sql, dialect="mysql")
    except SqlglotError:
        raise _refused("cannot be parsed") from None
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Select):
        raise _refused("is no single SELECT")
    for node in parsed[0].walk():
        _check(node, readable)
    return sql


def _check(node: exp.Expr, readable: AbstractSet[str]) -> None:
    if isinstance(node, exp.Select) and (node.args.get("into") or node.args.get("locks") or node.args.get("with_")):
        raise _refused("writes, locks or has a WITH")
    if not isinstance(node, _ALLOWED):
        raise _refused(f"has a {type(node).__name__} in it")
    if isinstance(node, exp.Anonymous) and node.name.upper() not in _FUNCTIONS:
        raise _refused(f"calls {node.name}")
    if isinstance(node, exp.Table):
        name = ".".join(part.name for part in node.parts).lower()
        if name not in readable:
            raise _refused(f"reads {name}, which is not to be read")


def _refused(why: str) -> Refused:
    return Refused(f"ospos: a statement {why}. Only reading is allowed; please report this.", "statement")
