"""The guard against sqlglot's own grammar: trees of any class around a canary, never to be read or written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.errors import SqlglotError

from metrics import contents, policy
from metrics.database import describe, open_sandbox
from metrics.execute import fetch
from metrics.guard import check
from metrics.policy import Policy
from retail.errors import QueryTimeout, Refused, UnusableRequest
from retail.principal import LOCAL
from retail.settings import Settings
from retail.vocabulary import Role
from retail.workspace import Workspace

WORD = "CANARY-7f3a"


def _is_tree(kind: object) -> bool:
    """Whether a member of sqlglot's module is a class of tree that can be made and takes something."""
    if not (isinstance(kind, type) and issubclass(kind, exp.Expr) and kind.arg_types):
        return False
    try:
        kind()
    except TypeError:
        return False
    return True


CLASSES = sorted({kind for kind in vars(exp).values() if _is_tree(kind)}, key=lambda kind: kind.__name__)
"""Every class of tree that sqlglot has and that takes something."""
PLACES = "expressions joins with_ limit group order from_ where having qualify set root".split()  # noqa: SIM905
ROOTS = [exp.Select, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.With, exp.Command, exp.Insert, exp.Create]

_UNWRITABLE = (
    SqlglotError, ValueError, AttributeError, TypeError, LookupError, NameError, AssertionError, RecursionError,
)  # fmt: skip

Everything = tuple[Policy, duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def everything(workspace: Workspace) -> Iterator[Everything]:
    """A policy over all marts and a sandbox over the file; the file is the same, byte by byte, when all is over."""
    path = workspace.published().database
    before = _digest(path)
    unlimited = Policy({}, {}, frozenset(), None, Role.SUPERADMIN)
    connection = open_sandbox(describe(path, unlimited, Settings()))
    yield policy.for_principal(contents.read(connection).schema, LOCAL, None), connection
    assert connection.execute("select word from warehouse.secret.canary").fetchall() == [(WORD,)]
    connection.close()
    assert _digest(path) == before


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _leaf(draw: st.DrawFn) -> exp.Expr:
    return draw(
        st.sampled_from(
            [
                exp.column("store"),
                exp.column("word"),
                exp.column("word", table="canary", db="secret"),
                exp.table_("canary", db="secret"),
                exp.table_("canary", db="secret", catalog="warehouse"),
                exp.table_("dim_stores", db="marts"),
                exp.select("word").from_("secret.canary"),
                exp.select("word").from_("secret.canary").subquery("q"),
                exp.select("store").from_("dim_stores"),
                exp.Star(),
                exp.Literal.string("x"),
                exp.Literal.number(1),
                exp.to_identifier("canary"),
                exp.Anonymous(this="query", expressions=[exp.Literal.string("from secret.canary")]),
            ]
        )
    ).copy()


def _tree(draw: st.DrawFn, kind: type[exp.Expr], depth: int) -> exp.Expr:
    """A tree of that class: what it must have, and now and then what it may have."""
    found: dict[str, object] = {}
    for name, is_required in kind.arg_types.items():
        if not is_required and draw(st.integers(0, 3)):
            continue
        parts = [_part(draw, depth) for _ in range(draw(st.integers(1, 2)))]
        is_list = name in {"expressions", "joins", "ctes", "windows"}
        found[name] = parts if is_list else draw(st.sampled_from([parts[0], parts[0], True]))
    return kind(**found)


def _part(draw: st.DrawFn, depth: int) -> exp.Expr:
    if depth <= 0 or draw(st.booleans()):
        return _leaf(draw)
    return _tree(draw, draw(st.sampled_from(CLASSES)), depth - 1)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A query that an analyst might write with a tree of any class put into one of its places, or a tree alone."""
    tree = _tree(draw, draw(st.sampled_from(CLASSES)), draw(st.integers(0, 2)))
    query = exp.select("store", "count(*)").from_("dim_stores").group_by("store").order_by("store")
    place = draw(st.sampled_from(PLACES))
    wrappers = {"from_": exp.From, "where": exp.Where, "having": exp.Having, "qualify": exp.Qualify}
    match place:
        case "expressions" | "joins":
            query.append(place, exp.Join(this=tree, on=exp.true()) if place == "joins" else tree)
        case "with_":
            cte = exp.CTE(this=tree, alias=exp.TableAlias(this=exp.to_identifier("dim_stores")))
            query.set(place, exp.With(expressions=[cte], recursive=draw(st.booleans())))
        case "limit":
            query.set(place, exp.Limit(expression=tree))
        case "group" | "order":
            query.set(place, (exp.Group if place == "group" else exp.Order)(expressions=[tree]))
        case "from_" | "where" | "having" | "qualify":
            query.set(place, wrappers[place](this=tree))
        case "set":
            other = draw(st.sampled_from([exp.Union, exp.Except, exp.Intersect]))
            return _text(other(this=query, expression=tree, distinct=draw(st.booleans())))
        case _:
            return _text(_tree(draw, draw(st.sampled_from(ROOTS)), 2))
    return _text(query)


def _text(tree: exp.Expr) -> str:
    """The tree as DuckDB's SQL; nothing where sqlglot itself cannot write what no parser would have made."""
    try:
        return tree.sql(dialect="duckdb")
    except _UNWRITABLE:
        return ""


def fuzz(sql: str, everything: Everything) -> None:
    granted, connection = everything
    try:
        shown = repr(fetch(connection, check(sql, granted, 50).sql, 3)[1])
    except (Refused, UnusableRequest, QueryTimeout) as error:
        shown = str(error)
    assert WORD not in shown


def test_every_class_of_the_grammar_is_tried() -> None:
    assert len(CLASSES) > 700


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sql=statements())
def test_no_tree_of_the_grammar_reads_or_writes_the_canary(sql: str, everything: Everything) -> None:
    fuzz(sql, everything)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sql=statements())
def test_no_tree_of_the_grammar_reads_or_writes_the_canary_in_five_thousand(sql: str, everything: Everything) -> None:
    fuzz(sql, everything)
