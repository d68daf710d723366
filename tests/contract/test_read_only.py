"""Connectors only read: what their code uses is on these lists, and their clients refuse everything else.

The lists are written here once more, by hand, so that a method or table that joins a connector has to be agreed to.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.erpnext.client import ERPNextClient
from connectors.http import ApiClient
from connectors.inventree.client import InvenTreeClient
from connectors.inventree.settings import InvenTreeSource
from connectors.odoo.client import Json2, JsonRpc, OdooClient
from connectors.ospos.statements import only_select
from retail.errors import TillsightError

CONNECTORS = Path(__file__).parents[2] / "connectors"
SYSTEMS = ("odoo", "erpnext", "ospos", "inventree")

ODOO_METHODS = {
    *("search", "search_read", "search_count", "read", "fields_get", "read_group", "formatted_read_group"),
    *("version", "authenticate"),
}
ODOO_MODELS = {
    *("account.tax", "loyalty.program", "loyalty.reward", "pos.config", "pos.order", "pos.order.line", "pos.payment"),
    *("pos.payment.method", "pos.session", "product.category", "product.product", "product.supplierinfo"),
    *("product.template", "purchase.order", "purchase.order.line", "res.company", "res.currency", "res.currency.rate"),
    *("res.partner", "res.users", "sale.order", "sale.order.line", "stock.location", "stock.move", "stock.picking"),
    *("stock.picking.type", "stock.quant", "stock.scrap", "stock.warehouse", "uom.uom"),
}
FRAPPE_METHODS = {
    *("frappe.auth.get_logged_user", "frappe.client.get_count", "frappe.client.get_list"),
    *("frappe.client.get_time_zone", "frappe.utils.change_log.get_versions"),
}
DOCTYPES = {
    *("Account", "Bin", "Brand", "Company", "Country", "Currency Exchange", "Customer", "Item", "Item Barcode"),
    *("Item Default", "Item Group", "Item Price", "Item Reorder", "Item Supplier", "Item Wise Tax Detail"),
    *("Mode of Payment",),
    *("POS Invoice", "POS Invoice Item", "POS Profile", "Packed Item", "Price List", "Product Bundle"),
    *("Product Bundle Item", "Purchase Order", "Purchase Order Item", "Purchase Receipt", "Purchase Receipt Item"),
    *("Sales Invoice", "Sales Invoice Item", "Sales Invoice Payment", "Sales Taxes and Charges"),
    *("Stock Ledger Entry", "Supplier", "UOM Conversion Detail", "Warehouse"),
}
INVENTREE_PATHS = {
    *("api/", "api/company/", "api/company/part/", "api/company/price-break/", "api/currency/exchange/"),
    *("api/order/po-line/", "api/order/po/", "api/part/", "api/part/category/", "api/part/sale-price/", "api/stock/"),
    *("api/stock/location/", "api/user/roles/"),
}
STATEMENTS_BESIDE_SELECT = {"SET SESSION TRANSACTION READ ONLY"}

HTTP_MODULES = ("http.py", "http_setup.py")
NETWORK = {
    "httpx": {*HTTP_MODULES, "odoo/login.py", "erpnext/client.py", "inventree/client.py"},
    "pymysql": {"ospos/client.py", "ospos/failures.py"},
    "connectorx": {"ospos/client.py"},
}
NEVER_IMPORTED = {
    *("aiohttp", "ftplib", "http.client", "mysql", "MySQLdb", "requests", "smtplib", "socket", "sqlalchemy"),
    *("subprocess", "telnetlib", "urllib.request", "urllib3", "xmlrpc"),
}
PRIVATE_COLUMNS = {"api_key", "api_secret", "card_number", "credit_card", "iban", "password", "pin", "token"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module that can reach a server, by its path below `connectors/`."""
    files = [CONNECTORS / name for name in HTTP_MODULES]
    files += [path for name in SYSTEMS for path in sorted((CONNECTORS / name).rglob("*.py"))]
    for path in files:
        yield path.relative_to(CONNECTORS).as_posix(), ast.parse(path.read_text())


def constants(module: ast.Module) -> Iterator[str]:
    """Texts in a module that are no docstrings; of an f-string, its pieces."""
    docstrings = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def constants_of(system: str) -> set[str]:
    return {text for path, module in sources() if path.startswith(f"{system}/") for text in constants(module)}


def calls(name: str) -> Iterator[tuple[str, ast.Module, ast.Call]]:
    """Calls of anything of that name, as a function or a method."""
    for path, module in sources():
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called == name:
                    yield path, module, node


def test_servers_are_reached_from_the_clients_alone() -> None:
    for path, module in sources():
        for node in ast.walk(module):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                root = name.partition(".")[0]
                assert not {name, root} & NEVER_IMPORTED, f"{path} imports {name}"
                assert path in NETWORK.get(root, {path}), f"{path} imports {name}"


def test_http_is_sent_by_one_function_with_get_or_post() -> None:
    for verb in ("post", "put", "patch", "delete", "send", "urlopen"):
        assert not [path for path, _, _ in calls(verb)], f"something calls .{verb}()"
    for path, module in sources():
        for node in ast.walk(module):
            is_httpx = isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "httpx"
            if is_httpx and path not in HTTP_MODULES:
                assert node.attr == "BaseTransport", f"{path} uses httpx.{node.attr}"
    sending = [*calls("request"), *calls("stream")]
    verbs = [(path, _verbs(path, module, call)) for path, module, call in sending]
    assert {path for path, _ in verbs} == {"http.py", "odoo/client.py", "erpnext/client.py", "inventree/client.py"}
    allowed = {"inventree/client.py": {"GET"}}
    for path, sent in verbs:
        assert sent <= allowed.get(path, {"GET", "POST"}), f"{path} sends {sent}"


def _verbs(path: str, module: ast.Module, call: ast.Call) -> set[str]:
    """What `.request` is called with: a text, or a parameter that may be some texts only."""
    first = call.args[0]
    if isinstance(first, ast.Constant):
        return {str(first.value)}
    assert isinstance(first, ast.Name)
    around = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and call in list(ast.walk(node))]
    declared = next(
        argument.annotation
        for argument in itertools.chain.from_iterable(function.args.args for function in around)
        if argument.arg == first.id
    )
    if path == "http.py" and ast.unparse(declared) == "str":  # its inner function, which `request` alone calls
        return {"GET", "POST"}
    return {node.value for node in ast.walk(declared) if isinstance(node, ast.Constant)}


def test_odoo_models_and_methods_are_on_the_list() -> None:
    models = {text for text in constants_of("odoo") if re.fullmatch(r"[a-z]+(\.[a-z]+)+", text)}
    assert models <= ODOO_MODELS
    methods = set()
    for path, _, call in calls("call"):
        if path.startswith("odoo/") and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
            methods.add(str(call.args[1].value))
    assert {"search_read", "fields_get"} <= methods <= ODOO_METHODS
    from connectors.odoo import client

    assert ODOO_METHODS >= client.READING_METHODS | client.COMMON_METHODS


def test_erpnext_methods_and_doctypes_are_on_the_list() -> None:
    texts = constants_of("erpnext")
    assert {text for text in texts if text.startswith("frappe.")} <= FRAPPE_METHODS
    from connectors.erpnext import client
    from connectors.erpnext.tables import TABLES

    assert {name for _, name in client.READING} <= FRAPPE_METHODS
    doctypes = {table.doctype for table in TABLES} | {table.parent for table in TABLES if table.parent}
    assert doctypes <= DOCTYPES
    other = {
        text for text in texts if re.fullmatch(r"[A-Z][a-z]+( [A-Za-z]+)* (Item|Entry|Order|Invoice|Log|User)", text)
    }
    assert other <= DOCTYPES


def test_inventree_paths_are_on_the_list() -> None:
    assert {text for text in constants_of("inventree") if text.startswith("api/")} <= INVENTREE_PATHS


def test_ospos_sends_nothing_that_has_not_passed_the_gate() -> None:
    begins = re.compile(
        r"\s*(alter|call|create|delete|do|drop|grant|insert|load|lock|rename|replace|set|truncate|update)\s"
    )
    statements = {text for text in constants_of("ospos") if begins.match(text.lower())}
    assert statements == STATEMENTS_BESIDE_SELECT
    sent = [
        (path, module, call)
        for name in ("execute", "executemany", "callproc", "read_sql")
        for path, module, call in calls(name)
    ]
    assert {path for path, _, _ in sent} == {"ospos/client.py"}
    for path, module, call in sent:
        statement = call.args[1] if getattr(call.func, "attr", "") == "read_sql" else call.args[0]
        assert isinstance(statement, ast.Name)
        gates = [
            ast.unparse(node.value.func)
            for node in ast.walk(module)
            if isinstance(node, ast.Assign)
            and statement.id in {target.id for target in node.targets if isinstance(target, ast.Name)}
            and isinstance(node.value, ast.Call)
        ]
        assert set(gates) == {"only_select"}, f"{path}: {statement.id} may come from elsewhere"


def test_no_table_reads_what_opens_a_door() -> None:
    for path, module in sources():
        if Path(path).name.startswith("tables"):
            assert not PRIVATE_COLUMNS & set(constants(module)), path


class Wire:
    """A network that notes what is sent, and answers as if everything went well."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(f"{request.method} {request.url} {request.content.decode()}")
        return httpx.Response(200, json={"result": [], "message": [], "data": []})

    def api(self, source: str) -> ApiClient:
        return ApiClient(source, "https://shop.example", {}, transport=httpx.MockTransport(self))


WRITING = (
    *("create", "write", "unlink", "copy", "web_save", "name_create", "load", "toggle_active", "action_confirm"),
    *("button_confirm", "button_validate", "action_pos_order_paid", "message_post", "execute", "exec_workflow"),
    *("create_from_ui", "sync_from_ui", "_create", "export_data", "check_access_rights", "search_or_create"),
    *("Search_Read", "search_read ", "search_read/../write", "read?x=", "", "__class__", "call_kw", "execute_kw"),
)


def odoo_clients(wire: Wire) -> list[OdooClient]:
    api = wire.api("odoo")
    return [OdooClient(api, Json2(api), "19.0"), OdooClient(api, JsonRpc(api, "shop", "key"), "17.0")]


@pytest.mark.parametrize("method", WRITING)
def test_odoo_refuses_every_other_method(method: str) -> None:
    wire = Wire()
    for client in odoo_clients(wire):
        for call in (client.call, lambda model, method, c=client: c._transport.call(model, method, {"ids": [1]})):
            with pytest.raises(TillsightError):
                call("res.partner", method)
    assert wire.sent == []


@given(st.text(max_size=40).filter(lambda text: text not in ODOO_METHODS))
@settings(max_examples=200, deadline=None)
def test_odoo_refuses_whatever_is_made_up(method: str) -> None:
    test_odoo_refuses_every_other_method(method)


@pytest.mark.parametrize(
    "model", ["res.partner/unlink?", "../jsonrpc", "res.partner/create#", "res partner", "", "res.partner/"]
)
def test_odoo_models_cannot_smuggle_a_method(model: str) -> None:
    wire = Wire()
    for client in odoo_clients(wire):
        with pytest.raises(TillsightError):
            client.call(model, "read", ids=[1])
    assert wire.sent == []


@pytest.mark.parametrize(("service", "method"), [("db", "drop"), ("db", "dump"), ("common", "login"), ("x", "version")])
def test_odoo_refuses_every_other_service(service: str, method: str) -> None:
    wire = Wire()
    with pytest.raises(TillsightError):
        JsonRpc(wire.api("odoo"), "shop", "key")._ask("the login", service, method, [])
    assert wire.sent == []


ERPNEXT_REQUESTS: tuple[tuple[Any, str, dict[str, Any]], ...] = (
    *[(verb, "api/resource/Item", {}) for verb in ("POST", "PUT", "PATCH", "DELETE", "get", "")],
    *[(verb, "api/resource/Item/A", {}) for verb in ("POST", "PUT", "PATCH", "DELETE")],
    *[
        (verb, f"api/method/{name}", {})
        for verb in ("GET", "POST")
        for name in (
            *("frappe.client.insert", "frappe.client.set_value", "frappe.client.submit", "frappe.client.delete"),
            *("frappe.client.rename_doc", "frappe.client.cancel", "frappe.client.bulk_update", "run_doc_method"),
            *("frappe.client.get_password", "frappe.desk.query_report.run", "login", "logout", "upload_file", ""),
            *("frappe.client.get_list/x", "frappe.client.get_list?cmd=frappe.client.delete", "erpnext.x"),
        )
    ],
    ("POST", "api/method/frappe.client.get_count", {}),
    ("GET", "api/v2/document/Item", {}),
    ("GET", "api/resource/Item/A/B", {}),
    ("GET", "api/resource/Item?cmd=frappe.client.delete", {}),
    ("GET", "", {"params": {"cmd": "frappe.client.delete"}}),
    # Frappe runs these two wherever they come along.
    ("GET", "api/resource/Item/A", {"params": {"run_method": "submit"}}),
    ("GET", "api/resource/Item", {"params": {"cmd": "frappe.client.delete"}}),
    ("POST", "api/method/frappe.client.get_list", {"body": {"doctype": "Item", "cmd": "frappe.client.delete"}}),
)


@pytest.mark.parametrize(("method", "path", "more"), ERPNEXT_REQUESTS)
def test_erpnext_refuses_every_other_request(method: Any, path: str, more: dict[str, Any]) -> None:
    wire = Wire()
    with pytest.raises(TillsightError):
        ERPNextClient(wire.api("erpnext")).call(method, path, what="Item", **more)
    assert wire.sent == []


@pytest.mark.parametrize(
    "path",
    [
        *("api/part/1/", "api/user/token/", "api/stock/add/", "api/order/po/1/complete/", "api/part", "/api/part/", ""),
        *("api/part/?x=1", "api/../admin/", "api/settings/global/", "api/user/", "https://elsewhere.example/api/part/"),
    ],
)
def test_inventree_refuses_every_other_path(path: str) -> None:
    wire = Wire()
    source = InvenTreeSource(type="inventree", url="https://stock.example")
    client = InvenTreeClient(source, "token", transport=httpx.MockTransport(wire))
    with pytest.raises((TillsightError, ValueError)):
        client.get(path, "part")
    assert wire.sent == []


STATEMENTS = (
    *("insert into ospos_sales values (1)", "update ospos_sales set comment = ''", "delete from ospos_sales"),
    *(
        "replace into ospos_sales values (1)",
        "drop table ospos_sales",
        "truncate table ospos_sales",
        "create table x (i int)",
    ),
    *("alter table ospos_sales add x int", "rename table ospos_sales to x", "grant all on *.* to x", "call cleanup()"),
    *("set global read_only = 0", "lock tables ospos_sales write", "flush tables", "shutdown", "kill 1", "do sleep(9)"),
    *("load data infile '/x' into table ospos_sales", "handler ospos_sales open", "optimize table ospos_sales"),
    *("select 1 into outfile '/tmp/x'", "select 1 into dumpfile '/tmp/x'", "select sale_id into @x from ospos_sales"),
    *("select * from ospos_sales for update", "select * from ospos_sales lock in share mode"),
    *("select 1; delete from ospos_sales", "select 1 /*!; drop table ospos_sales */", "select 1 -- x", "select 1 # x"),
    *("select sleep(1000)", "select benchmark(1e9, sha2('x', 512))", "select get_lock('x', 1)", "select @@datadir"),
    *(
        "select load_file('/etc/passwd')",
        "select @x := 1",
        "select user()",
        "select nextval(s)",
        "select release_all_locks()",
    ),
    *("select * from mysql.user", "select * from ospos_employees", "select * from information_schema.columns"),
    *("select (select password from ospos_employees)", "with x as (delete from ospos_sales) select 1", ""),
    "select * from ospos_sales where sale_id in (select person_id from ospos_employees)",
    *("select 1 from ospos_sales union select password from ospos_employees", "explain select 1", "show grants"),
    *("prepare x from 'drop table ospos_sales'", "execute x", "begin", "commit", "analyze table ospos_sales"),
    *("values row(1)", "select * from ospos_sales procedure analyse()", "select 1\\G", "use mysql", "xa begin 'x'"),
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_ospos_refuses_every_other_statement(statement: str) -> None:
    with pytest.raises(TillsightError):
        only_select(statement, frozenset({"ospos_sales"}))


def test_ospos_passes_what_it_needs() -> None:
    sql = (
        "select sale_id, count(*) as n from `ospos_sales` where sale_id > 5 group by sale_id order by sale_id limit 10"
    )
    assert only_select(sql, frozenset({"ospos_sales"})) == sql
