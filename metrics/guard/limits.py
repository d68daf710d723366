"""How large a query may be, before and after it is parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from retail.errors import Refused


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one query.

    Attributes:
        characters: Length of the text.
        nodes: Nodes of the syntax tree as written; stars may make it ten times as large.
        joins: Joins in the whole query.
        concatenations: Places that build text from text; each may double what the one before made.
    """

    characters: int
    nodes: int
    joins: int
    concatenations: int


FREE_SQL: Final = Limits(characters=10_000, nodes=1_500, joins=10, concatenations=12)
"""Caps on what a person writes."""

COMPILED: Final = Limits(characters=200_000, nodes=20_000, joins=100, concatenations=12)
"""Caps on what the compiler makes of a metric query."""

_EXPANSION: Final = 10


def check_text(sql: str, limits: Limits) -> None:
    """Refuse a text that is too long, or that no person types."""
    if len(sql) > limits.characters:
        raise Refused(f"The query has {len(sql)} characters; at most {limits.characters} are allowed.", "length")
    if "\x00" in sql:
        raise Refused("The query holds a null character.", "parse")


def check_size(tree: exp.Expr, limits: Limits) -> None:
    """Refuse a tree with too many nodes, joins or concatenations, as written."""
    joins = concatenations = 0
    for nodes, node in enumerate(tree.walk(), 1):
        joins += isinstance(node, exp.Join)
        concatenations += isinstance(node, (exp.DPipe, exp.Concat, exp.ConcatWs))
        if nodes > limits.nodes or joins > limits.joins or concatenations > limits.concatenations:
            raise Refused(
                f"The query is too large: at most {limits.nodes} parts, {limits.joins} joins and "
                f"{limits.concatenations} concatenations are allowed.",
                "size",
            )
    for select in tree.find_all(exp.Select):
        _check_alias_growth(select, limits)


def check_expanded_size(tree: exp.Expr, limits: Limits) -> None:
    """Refuse a tree that grew too large when its stars were spelt out."""
    if sum(1 for _ in tree.walk()) > limits.nodes * _EXPANSION:
        raise Refused("The query is too large once its stars are spelt out; name the columns you need.", "size")


def _check_alias_growth(select: exp.Select, limits: Limits) -> None:
    """Refuse columns that use earlier ones: they are spelt out, so that `a + a AS b, b + b AS c` doubles each time."""
    sizes: dict[str, int] = {}
    for projection in select.expressions:
        size = sum(1 for _ in projection.walk())
        size += sum(sizes.get(c.name.lower(), 0) for c in projection.find_all(exp.Column) if not c.table)
        if size > limits.nodes:
            raise Refused("The columns build on each other so much that the query becomes too large.", "size")
        if projection.alias:
            sizes[projection.alias.lower()] = size
