"""OSPOS is only read: every statement that reaches the server in a life of loads, and every other one that is tried."""

from __future__ import annotations

import re
from collections.abc import Callable

import pymysql
import pytest

from connectors.ospos import check
from connectors.ospos.client import opened
from connectors.ospos.statements import only_select
from connectors.ospos.tables import READABLE
from retail.errors import Refused
from tests.contract.ospos.conftest import PASSWORD, Ospos

READING = re.compile(
    r"select\b|set session transaction read only$|set names utf8mb4( collate \w+)?$|set autocommit = ?[01]$",
    re.IGNORECASE,
)
"""What may be seen: SELECTs, and what a session says of itself."""


def test_nothing_but_selects_ever_reaches_the_server(make_ospos: Callable[..., Ospos]) -> None:
    ospos = make_ospos()
    ospos.server.execute("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = 1; TRUNCATE mysql.general_log")
    check(ospos.source, ospos.workspace, ospos.settings)
    ospos.load()
    ospos.execute("update ospos_sales set sale_status = 2 where sale_id = 40; delete from ospos_receivings_items")
    ospos.load()
    ospos.load(is_deep=True)
    with opened(ospos.source, PASSWORD, READABLE) as client:
        client.bulk("select max(`sale_id`) as n from `ospos_sales`", "sales")
    ospos.server.execute("SET GLOBAL general_log = 0")
    seen = ospos.server.execute(
        "select command_type, convert(argument using utf8mb4) from mysql.general_log"
        f" where user_host like '{ospos.user}%' and command_type in ('Query', 'Prepare', 'Execute')"
    )
    assert len(seen) > 100
    assert [text for _, text in seen if not READING.match(text)] == []
    assert not [text for _, text in seen if re.search(r"password|employees|smtp|comments|address_1", text)]


def test_only_text_that_is_read_can_come_back(ospos: Ospos) -> None:
    ospos.load(is_deep=True)
    tables = ospos.raw("select table_name from duckdb_tables() where schema_name = 'raw_ospos'")
    stored = " ".join(str(ospos.raw(f"select * from {name}")) for (name,) in tables if not name.startswith("_dlt"))
    for secret in ("changeme@example.com", "$2y$10$", "stocktake", "Manual Edit", "123 Nowhere street", PASSWORD):
        assert secret not in stored


def test_the_session_refuses_to_write_even_for_a_user_who_may(ospos: Ospos) -> None:
    ospos.execute(f"GRANT ALL ON ospos.* TO '{ospos.user}'@'%'")
    with opened(ospos.source, PASSWORD, READABLE) as client:
        session = client._session
        with pytest.raises(pymysql.err.Error) as caught, session.cursor() as cursor:
            cursor.execute("delete from ospos_sales_payments")
    assert caught.value.args[0] == 1792


def test_the_user_of_the_guide_can_do_nothing_else(ospos: Ospos) -> None:
    for sql in (
        "delete from ospos_sales",
        "select password from ospos_employees",
        "select address_1 from ospos_people",
        "select reference_code from ospos_sales_payments",
        "select tax_id from ospos_customers",
        "create table x (id int)",
    ):
        connection = pymysql.connect(
            host="localhost",
            port=ospos.server.port,
            user=ospos.user,
            password=PASSWORD.encode(),
            database="ospos",
            ssl={"ca": str(ospos.server.ca_file)},
        )
        with connection, connection.cursor() as cursor, pytest.raises(pymysql.err.Error) as caught:
            cursor.execute(sql)
        assert caught.value.args[0] in {1142, 1143}, sql


@pytest.mark.parametrize(
    "sql",
    [
        "select sleep(100) from ospos_sales",
        "select load_file('/etc/passwd')",
        "select benchmark(1, 2)",
        "select get_lock('a', 1)",
        "select @a := 1",
        "select @@global.read_only",
        "select * from ospos_sales into outfile '/tmp/x'",
        "select /*! sleep(9) */ 1",
        "(select 1) union (select 2)",
        "select * from other.ospos_sales",
        "select * from `ospos_sales` as a join `ospos_employees` as b on 1 = 1",
        "select user(), current_user()",
        "table ospos_sales",
    ],
)
def test_what_is_no_plain_reading_is_refused(sql: str) -> None:
    with pytest.raises(Refused):
        only_select(sql, frozenset({"ospos_sales"}))


def test_names_of_tables_are_held_to_their_prefix(ospos: Ospos) -> None:
    with opened(ospos.source, PASSWORD, READABLE) as client, pytest.raises(Refused, match="ospos_employees"):
        client.rows("select `username` from `ospos_employees`", "employees")
