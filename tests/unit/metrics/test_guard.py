"""The guard against people: what must never be read is never read, what analysts need passes."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import Metrics, contents, policy
from metrics.database import describe, open_sandbox
from metrics.execute import fetch
from metrics.guard import FREE_SQL, check
from metrics.policy import Policy
from retail.errors import QueryTimeout, Refused, UnusableRequest
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.vocabulary import Role
from retail.workspace import Workspace

HERE = Path(__file__).parent
ATTACKS = [line for line in (HERE / "attacks.sql").read_text().splitlines() if line and not line.startswith("--")]
USEFUL = [line for line in (HERE / "useful.sql").read_text().splitlines() if line and not line.startswith("--")]
WORD = "CANARY-7f3a"
TWO_STORES = Principal("ana", Role.ANALYST, ("S1", "S2"))

canary_list = [WORD]


@pytest.fixture(scope="module")
def canary_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("canary") / "canary.csv"
    path.write_text(f"word\n{WORD}\n")
    return str(path)


@pytest.fixture(scope="module")
def everything(workspace: Workspace) -> tuple[Policy, duckdb.DuckDBPyConnection]:
    """The policy of somebody who may see all of the marts, and a sandbox over the file that also holds the canary."""
    unlimited = Policy({}, {}, frozenset(), None, Role.SUPERADMIN)
    connection = open_sandbox(describe(workspace.published().database, unlimited, Settings()))
    return policy.for_principal(contents.read(connection).schema, LOCAL, None), connection


def attempt(sql: str, everything: tuple[Policy, duckdb.DuckDBPyConnection]) -> str:
    """What an attacker gets to see: the rows, or the message of a refusal."""
    canary_frame = [WORD]
    granted, connection = everything
    try:
        guarded = check(sql, granted, 50)
        rows = fetch(connection, guarded.sql, 3)[1]
    except (Refused, UnusableRequest, QueryTimeout) as error:
        return str(error)
    assert canary_frame
    assert len(rows) <= 51
    return repr(rows)


@pytest.mark.parametrize("sql", ATTACKS)
def test_no_attack_reads_the_canary(sql: str, everything, canary_file: str) -> None:
    assert WORD not in attempt(sql.replace("{file}", canary_file), everything)


def test_no_attack_shows_a_store_that_the_analyst_may_not_see(metrics: Metrics, canary_file: str, monkeypatch) -> None:
    monkeypatch.setenv("TILLSIGHT_CANARY", WORD)
    for sql in ATTACKS:
        try:
            shown = repr(metrics.sql(sql.replace("{file}", canary_file), TWO_STORES).rows)
        except (Refused, UnusableRequest, QueryTimeout) as error:
            shown = str(error).replace(sql, "")
        assert WORD not in shown, sql
        assert "CANARY-store" not in shown, sql


@pytest.mark.parametrize("sql", USEFUL)
def test_what_analysts_write_passes_and_runs(sql: str, everything) -> None:
    granted, connection = everything
    guarded = check(sql, granted, 50)
    _, rows = fetch(connection, guarded.sql, 3)
    assert len(guarded.columns) == len(rows[0])


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT 1; SELECT 2", "statement"),
        ("DROP TABLE marts.dim_stores", "statement"),
        ("SELEKT 1", "statement"),
        ("SELECT FROM WHERE", "parse"),
        ("SELECT x -> FROM dim_stores", "parse"),
        ("dim_stores UNION SELECT 1", "statement"),
        ("SELECT 1 UNION dim_stores", "parse"),
        ("", "statement"),
        ("select s.* x from dim_stores s", "node"),
        ("SELECT * FROM secret.canary", "table"),
        ("SELECT * FROM nothing", "table"),
        ("SELECT nothing FROM dim_stores", "column"),
        ("SELECT getenv('HOME')", "function"),
        ("SELECT * FROM range(5)", "function"),
        ("SELECT 1 LIMIT NULL", "limit"),
        ("SELECT * FROM dim_stores, fct_sales", "join"),
        ("SELECT CAST(store AS JSON) FROM dim_stores", "type"),
        ("SELECT store FROM dim_stores ORDER BY store FETCH FIRST 1 ROWS WITH TIES", "node"),
        ("SELECT [1]", "function"),
        ("SELECT " + "+".join(["1"] * 1000), "size"),
        ("SELECT '" + "x" * FREE_SQL.characters + "'", "length"),
        ("SELECT " + "(" * 3000 + "1" + ")" * 3000, "parse"),
    ],
)
def test_a_refusal_says_why(sql: str, reason: str, everything) -> None:
    with pytest.raises(Refused) as refused:
        check(sql, everything[0], 50)
    assert refused.value.reason == reason
    assert str(refused.value).endswith((".", "'")) or ":" in str(refused.value)


@pytest.mark.parametrize("opening", ["(", "not ", "- ", "case when ", "[", "select * from (", "1 + "])
def test_deep_nesting_is_refused_and_the_process_lives(opening: str, everything) -> None:
    with pytest.raises(Refused):
        check("SELECT " + opening * (9000 // len(opening)) + "1", everything[0], 50)


def test_the_text_that_runs_is_the_checked_tree_without_comments(everything) -> None:
    guarded = check("select /* a */ store -- b\nfrom dim_stores limit 3", everything[0], 50)
    assert (
        guarded.sql
        == 'SELECT "dim_stores"."store" AS "store" FROM "warehouse"."marts"."dim_stores" AS "dim_stores" LIMIT 3'
    )


def test_column_names_stay_as_written_and_each_comes_once(everything) -> None:
    guarded = check(
        'SELECT store AS "Net Sales", 1 AS a, 2 AS a, count(*) FROM dim_stores GROUP BY 1', everything[0], 50
    )
    assert guarded.columns == ("Net Sales", "a", "a_2", "count(*)")


def test_a_limit_above_the_most_rows_is_lowered(everything) -> None:
    assert check("SELECT store FROM dim_stores LIMIT 5000", everything[0], 50).sql.endswith("LIMIT 51")


def test_hidden_columns_are_refused_by_name_and_left_out_of_stars(everything) -> None:
    granted = policy.for_principal(everything[0].tables, Principal("sam", Role.STAFF), None)
    assert "unit_cost" not in check("SELECT * FROM dim_products", granted, 50).columns
    with pytest.raises(Refused, match="staff may not see the column unit_cost"):
        check("SELECT unit_cost FROM dim_products", granted, 50)


TOKENS = re.compile(r"'[^']*'|\"[^\"]*\"|\w+|\s+|[^\w\s]")
PIECES = [token for sql in [*ATTACKS, *USEFUL] for token in TOKENS.findall(sql)]


@st.composite
def mixtures(draw: st.DrawFn) -> str:
    """A useful query or an attack with pieces of others put in, taken out or swapped."""
    tokens = TOKENS.findall(draw(st.sampled_from([*ATTACKS, *USEFUL])))
    for _ in range(draw(st.integers(1, 4))):
        other = TOKENS.findall(draw(st.sampled_from([*ATTACKS, *USEFUL])))
        start = draw(st.integers(0, len(other) - 1))
        place = draw(st.integers(0, len(tokens)))
        kept = place + draw(st.integers(0, 4))
        tokens = [*tokens[:place], *other[start : start + draw(st.integers(1, 12))], *tokens[kept:]]
    return "".join(tokens)


def fuzz(sql: str, everything: tuple[Policy, duckdb.DuckDBPyConnection], canary_file: str) -> None:
    assert WORD not in attempt(sql.replace("{file}", canary_file), everything)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sql=mixtures())
def test_no_mixture_of_attacks_reads_the_canary(sql: str, everything, canary_file: str) -> None:
    fuzz(sql, everything, canary_file)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=30_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sql=mixtures())
def test_no_mixture_of_attacks_reads_the_canary_in_thirty_thousand(sql: str, everything, canary_file: str) -> None:
    fuzz(sql, everything, canary_file)
