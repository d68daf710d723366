"""What is wrong with a server, a login or a schema is said in one message, and no message tells the password."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import Callable
from urllib.parse import quote

import pytest

from connectors.ospos import check, open_source
from connectors.ospos.client import opened
from connectors.ospos.tables import READABLE
from retail.errors import ConfigurationError, SourceError, TillsightError
from retail.settings import Settings
from tests.contract.ospos.conftest import PASSWORD, Ospos, dump


def failure(ospos: Ospos, *, password: str = PASSWORD) -> str:
    """What opening the source says, which never is or holds the password."""
    settings = Settings(home=ospos.workspace.root.parent, ospos_password=password)
    with pytest.raises(SourceError) as caught:
        open_source(ospos.source, ospos.workspace, settings)
    assert_secret("".join(traceback.format_exception(caught.value)))
    looked = check(ospos.source, ospos.workspace, settings)
    assert not looked.is_usable
    assert_secret(repr(looked))
    return str(caught.value)


def assert_secret(text: str) -> None:
    for secret in (PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD)):
        assert secret not in text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_does_not_run_is_named_with_its_port(ospos: Ospos) -> None:
    port = free_port()
    message = failure(ospos.with_source(port=port))
    assert f"localhost:{port} cannot be reached" in message
    assert "`host` and `port`" in message


def test_a_wrong_password_is_said_and_not_shown(ospos: Ospos) -> None:
    message = failure(ospos, password="another/secret#")
    assert "does not accept the user 'ospos_reader' with this password" in message
    assert "another/secret#" not in message


def test_a_wrong_database_is_named(ospos: Ospos) -> None:
    assert "'nowhere'" in failure(ospos.with_source(database="nowhere"))


def test_a_wrong_prefix_is_answered_with_the_right_one(ospos: Ospos) -> None:
    assert "there is one with the prefix 'ospos_'" in failure(ospos.with_source(table_prefix="pos_"))


@pytest.mark.parametrize(
    "table", ["sales", "sales_items", "sales_items_taxes", "sales_payments", "items", "stock_locations"]
)
def test_a_needed_table_without_a_right_is_named(ospos: Ospos, table: str) -> None:
    columns = "(sale_id, payment_id, payment_type, payment_amount, cash_refund, cash_adjustment)"
    what = f"SELECT {columns if table == 'sales_payments' else ''}"
    ospos.execute(f"REVOKE {what} ON ospos_{table} FROM '{ospos.user}'@'%'")
    message = failure(ospos)
    assert f"ospos_{table}" in message
    assert "Grant SELECT" in message


@pytest.mark.parametrize(
    ("table", "feeds"),
    [
        ("receivings", "receipts"),
        ("inventory", "stock_movements"),
        ("item_quantities", "stock_levels"),
        ("suppliers (person_id, company_name, category, deleted)", "suppliers"),
        ("customers (person_id, date, consent, company_name)", "customers"),
    ],
)
def test_a_table_that_can_be_done_without_is_declared_missing_and_the_rest_loads(
    make_ospos: Callable[..., Ospos], table: str, feeds: str
) -> None:
    ospos = make_ospos()
    name, _, columns = table.partition(" ")
    ospos.execute(f"REVOKE SELECT {columns} ON ospos_{name} FROM '{ospos.user}'@'%'")
    looked = check(ospos.source, ospos.workspace, ospos.settings)
    assert looked.is_usable
    assert any(f"ospos_{name}" in problem.what and "Grant SELECT" in problem.remedy for problem in looked.problems)
    ospos.load()
    ((is_available, note),) = ospos.raw(f"select is_available, note from capabilities where table_name = '{feeds}'")
    assert not is_available
    assert f"ospos_{name}" in note
    assert ospos.raw(f"select count(*) from {name}") == [(0,)]
    assert ospos.raw("select count(*) from sales") == [(216,)]
    ospos.load(is_deep=True)


def test_without_people_customers_have_no_contacts(make_ospos: Callable[..., Ospos]) -> None:
    ospos = make_ospos(store_contacts=True)
    ospos.execute(
        "update ospos_people set email = 'Ann@Example.com', phone_number = '+1 555 01' where person_id = 6;"
        "REVOKE SELECT (person_id, first_name, last_name, email, phone_number)"
        f" ON ospos_people FROM '{ospos.user}'@'%'"
    )
    ospos.load()
    sql = "select count(*), count(name), count(email_hash) from customers"
    assert ospos.raw(sql) == [(5, 1, 0)]  # a company's name is with the customer


def test_contacts_are_hashed_and_stored_only_by_permission(make_ospos: Callable[..., Ospos]) -> None:
    for is_stored, expected in ((False, (None, None, None)), (True, ("Ann Customer", "Ann@Example.com", "+1 555 01"))):
        ospos = make_ospos(store_contacts=is_stored)
        ospos.execute(
            "update ospos_people set email = 'Ann@Example.com', phone_number = '+1 555 01' where person_id = 6"
        )
        ospos.load()
        sql = "select name, email, phone, length(email_hash), length(phone_hash) from customers where person_id = 6"
        assert ospos.raw(sql) == [(*expected, 32, 32)]
        if not is_stored:
            assert "Ann" not in str(dump(ospos))


@pytest.mark.parametrize(
    ("table", "column"),
    [("sales_payments", "cash_refund"), ("sales", "sale_type"), ("items", "stock_type"), ("receivings", "supplier_id")],
)
def test_a_column_that_is_lost_is_named_with_its_table(ospos: Ospos, table: str, column: str) -> None:
    ospos.execute(f"set foreign_key_checks = 0; alter table ospos_{table} rename column {column} to gone")
    message = failure(ospos)
    assert f"ospos_{table}" in message
    assert column in message
    assert "OSPOS" in message


def test_a_table_that_is_lost_is_named(ospos: Ospos) -> None:
    ospos.execute("rename table ospos_sales_items_taxes to gone")
    assert "ospos_sales_items_taxes" in failure(ospos)


def test_a_column_that_is_lost_stops_the_load_and_leaves_what_was_there(ospos: Ospos) -> None:
    before = dump(ospos)
    ospos.execute("alter table ospos_sales_items rename column item_cost_price to gone")
    with pytest.raises(SourceError, match="ospos_sales_items"):
        ospos.load()
    assert dump(ospos) == before


def test_a_zone_that_is_none_is_said(ospos: Ospos) -> None:
    ospos.execute("update ospos_app_config set value = 'Mars/Olympus' where `key` = 'timezone'")
    assert "'Mars/Olympus' is no time zone" in failure(ospos)


def test_an_old_server_is_named(ospos: Ospos, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.ospos.look.OLDEST", {"MariaDB": (99, 0), "MySQL": (99, 0)})
    assert "is MariaDB 10" in failure(ospos)


def test_a_server_that_goes_away_while_it_is_read_is_named_with_the_table(ospos: Ospos) -> None:
    with opened(ospos.source, PASSWORD, READABLE) as client:
        ((connection,),) = ospos.execute(f"select id from information_schema.processlist where user = '{ospos.user}'")
        ospos.execute(f"kill {connection}")
        with pytest.raises(SourceError, match=r"sales: .* broke off its answer") as caught:
            client.rows(f"select `sale_id` from {client.table('sales')}", "sales")
    assert caught.value.is_transient


def test_a_certificate_is_verified(ospos: Ospos) -> None:
    for untrusted in ({"ca_file": None}, {"host": "127.0.0.1"}):
        message = failure(ospos.with_source(**untrusted))
        assert "has a certificate that is not trusted or is for another name" in message


def test_both_ways_of_reading_are_encrypted(ospos: Ospos) -> None:
    ospos.server.execute(f"ALTER USER '{ospos.user}'@'%' REQUIRE SSL")
    sql = "select max(`sale_id`) as n from `ospos_sales`"
    with opened(ospos.source, PASSWORD, READABLE) as client:
        assert client.one(sql, "sales") == ("216",)
        assert client.bulk(sql, "sales").to_pylist() == [{"n": 216}]


@pytest.mark.slow  # connectorx tries for half a minute before it gives up
def test_connectorx_verifies_the_name_in_the_certificate(ospos: Ospos, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(ospos.source, PASSWORD, READABLE) as client:
        monkeypatch.setattr(client, "source", ospos.with_source(host="127.0.0.1").source)
        with pytest.raises(SourceError, match="certificate that is not trusted"):
            client.bulk("select max(`sale_id`) as n from `ospos_sales`", "sales")


def test_without_verification_a_server_needs_no_certificate(ospos: Ospos) -> None:
    ospos.with_source(tls="off", ca_file=None, host="127.0.0.1").load(is_deep=True)


def test_a_file_of_certificates_that_is_none_is_said(ospos: Ospos) -> None:
    broken = ospos.workspace.root / "ca.pem"
    broken.write_text("nothing")
    with pytest.raises(ConfigurationError, match="ca_file"):
        open_source(ospos.with_source(ca_file=broken).source, ospos.workspace, ospos.settings)


def test_no_log_tells_the_password(
    ospos: Ospos, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    ospos.load(is_deep=True)
    with opened(ospos.source, PASSWORD, READABLE) as client, pytest.raises(TillsightError):
        client.bulk("select `nothing` from `ospos_sales`", "sales")
    said = capfd.readouterr()
    assert_secret(caplog.text + said.out + said.err)


def test_a_look_around_says_what_there_is(ospos: Ospos) -> None:
    looked = check(ospos.source, ospos.workspace, ospos.settings)
    assert looked.is_usable
    assert looked.server.startswith("OSPOS on MariaDB 10")
    assert (looked.stores, looked.products, looked.sales) == (["Main store", "Branch B"], 24, 212)
    assert looked.first_sale_at is not None
    assert looked.first_sale_at.isoformat() == "2026-09-21T13:45:11+00:00"
    assert looked.last_sale_at is not None
    assert looked.last_sale_at.isoformat() == "2026-11-19T22:39:36+00:00"
    assert (looked.time_zone, looked.currency) == ("America/New_York", None)
    assert [problem.is_fatal for problem in looked.problems] == [False]  # the currency


def test_a_missing_password_is_asked_for(ospos: Ospos) -> None:
    looked = check(ospos.source, ospos.workspace, Settings(home=ospos.workspace.root.parent))
    assert not looked.is_usable
    assert "TILLSIGHT_OSPOS_PASSWORD" in repr(looked.problems)
