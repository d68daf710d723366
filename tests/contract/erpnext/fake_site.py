"""A small server that speaks ERPNext's API over what was recorded from running ones."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).parents[3]
PROJECT = ROOT / "dbt_project"
RECORDINGS = ROOT.parent / "shared" / "sources" / "erpnext"
VERSIONS = {15: "erpnext_15.90.0", 17: "erpnext_17.0.0-dev"}
KEY, SECRET = "key-a1b2c3", "secret-d4e5f6"
STANDARD = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"}
CHILD = {"parent", "parenttype", "parentfield"}
CLOSED = {"Account", "Country", "GL Entry", "DocType", "DocField"}
"""DocTypes that there are and that the reading user has no right to, as when the recordings were made."""
TEXT_FUNCTION = re.compile(r"(count|sum)\((\w+)\) as (\w+)")

TODAY = date(2026, 11, 20)

Record = dict[str, Any]


TIME = re.compile(r"\d+:\d\d:\d\d(\.\d+)?")


def collated(value: Any) -> Any:
    """Text as MariaDB compares it, whatever the case; a time is one, though it is written without zeros."""
    if isinstance(value, str) and TIME.fullmatch(value):
        return value.zfill(len(value) + (value[1] == ":"))
    return value.casefold() if isinstance(value, str) else value


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        inner = json.dumps({"message": message, "title": "Message", "indicator": "red"})
        self.body = {"exc_type": kind, "_server_messages": json.dumps([inner])}


@dataclass
class Fault:
    """An answer instead of the real one."""

    status: int = 200
    body: bytes = b'{"exc_type": "Broken"}'
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None


@dataclass
class FakeSite:
    """The server. A test changes its documents as people at work would.

    Attributes:
        version: 15 or 17.
        tables: Records by DocType, those of child tables among them.
        requests: What was asked: method, path and arguments.
        closed: DocTypes that the user has no right to.
        lost: Fields that the site does not have.
        faults: What the next answers for a DocType are instead of the real ones.
        before: Called before a list is made.
    """

    version: int
    url: str = ""
    tables: dict[str, list[Record]] = field(default_factory=dict)
    fields: dict[str, set[str]] = field(default_factory=dict)
    children: dict[str, set[str]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    closed: set[str] = field(default_factory=lambda: set(CLOSED))
    lost: set[tuple[str, str]] = field(default_factory=set)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    before: Callable[[str, dict[str, Any]], None] | None = None
    time_zone: str | None = "Europe/Berlin"
    now: datetime = datetime(2026, 11, 20, 6, 0, 0, 1)  # noqa: DTZ001 (the site's clock knows no zone)

    def __post_init__(self) -> None:
        folder = RECORDINGS / VERSIONS[self.version]
        for path in sorted(folder.glob("list_*.json")):
            self._seed_list(json.loads(path.read_text()))
        for path in sorted(folder.glob("child_*__parent_*.json")):
            answer = json.loads(path.read_text())
            for row in answer["body"]["data"]:
                self._seed_row(unquote(answer["request"]["path"]).split("/")[-1], row)
        for path in sorted(folder.glob("doc_*.json")):
            document = json.loads(path.read_text())["body"]["data"]
            for rows in document.values():
                for row in rows if isinstance(rows, list) else ():
                    if isinstance(row, dict) and "parenttype" in row:
                        self._seed_row(row["doctype"], row)
        for doctype, meta in json.loads((folder / "_doctype_meta.json").read_text()).items():
            self.fields[doctype] = {one["fieldname"] for one in meta["fields"]}
        # The recordings have no document with packed items of every kind; the tables are there all the same.
        for doctype in ("Packed Item", "Product Bundle Item", "Item Barcode"):
            self.tables.setdefault(doctype, [])
        for doctype, records in self.tables.items():
            known = {name for record in records for name in record}
            self.fields[doctype] = self.fields.get(doctype, set()) | known
            if any("parenttype" in record for record in records):
                self.children[doctype] = {record["parenttype"] for record in records}

    def _seed_list(self, answer: dict[str, Any]) -> None:
        doctype = unquote(answer["request"]["path"]).split("/")[-1]
        self.tables[doctype] = copy.deepcopy(answer["body"]["data"])

    def _seed_row(self, doctype: str, row: Record) -> None:
        rows = self.tables.setdefault(doctype, [])
        if not any(one["name"] == row["name"] for one in rows):
            rows.append(copy.deepcopy(row))

    # What people do.

    def tick(self) -> str:
        self.now += timedelta(seconds=1)
        return self.now.isoformat(sep=" ", timespec="microseconds")

    def get(self, doctype: str, name: str) -> Record:
        return next(record for record in self.tables[doctype] if record["name"] == name)

    def rows_of(self, doctype: str, parent: str) -> list[Record]:
        return [row for row in self.tables[doctype] if row.get("parent") == parent]

    def save(self, doctype: str, name: str, **changes: Any) -> Record:
        record = self.get(doctype, name)
        record.update(changes, modified=self.tick())
        return record

    def copy(self, doctype: str, name: str, new: str, **changes: Any) -> Record:
        """A new document like an old one, with rows of its own."""
        moment = self.tick()
        record = copy.deepcopy(self.get(doctype, name)) | {"name": new, "creation": moment, "modified": moment}
        self.tables[doctype].append(record | changes)
        renamed: dict[str, str] = {}
        for child, parents in self.children.items():
            if doctype in parents:
                for row in self.rows_of(child, name):
                    renamed[row["name"]] = f"{row['name'][:5]}{len(self.tables[child]):05}"
                    fresh = copy.deepcopy(row) | {"name": renamed[row["name"]], "parent": new, "modified": moment}
                    self.tables[child].append(fresh)
        for child in ("Packed Item", "Item Wise Tax Detail"):
            for row in self.rows_of(child, new) if child in self.tables else ():
                for column in ("parent_detail_docname", "item_row", "tax_row"):
                    if row.get(column) in renamed:
                        row[column] = renamed[row[column]]
        return self.get(doctype, new)

    def cancel(self, doctype: str, name: str) -> None:
        """Cancel an invoice; what it wrote into the ledger is taken back by a second entry each."""
        self.save(doctype, name, docstatus=2, status="Cancelled")
        for entry in [one for one in self.tables["Stock Ledger Entry"] if one["voucher_no"] == name]:
            moment = self.tick()
            entry.update(is_cancelled=1, modified=moment)
            back = {"name": f"{entry['name']}x", "actual_qty": -entry["actual_qty"], "modified": moment}
            self.tables["Stock Ledger Entry"].append(entry | back | {"creation": moment})
            self.move_bin(entry["item_code"], entry["warehouse"], -entry["actual_qty"])

    def move_bin(self, item: str, warehouse: str, quantity: float) -> None:
        for one in self.tables["Bin"]:
            if (one["item_code"], one["warehouse"]) == (item, warehouse):
                one.update(actual_qty=one["actual_qty"] + quantity, modified=self.tick())

    def delete(self, doctype: str, name: str) -> None:
        self.tables[doctype] = [one for one in self.tables[doctype] if one["name"] != name]
        for child, parents in self.children.items():
            if doctype in parents:
                self.tables[child] = [
                    row for row in self.tables[child] if (row["parent"], row["parenttype"]) != (name, doctype)
                ]

    def rename(self, doctype: str, old: str, new: str) -> None:
        """Rename as ERPNext does: every link follows, and no date tells."""
        for records in self.tables.values():
            for record in records:
                for name, value in record.items():
                    if value == old:
                        record[name] = new
                detail = record.get("item_wise_tax_detail")
                if detail:
                    record["item_wise_tax_detail"] = detail.replace(json.dumps(old), json.dumps(new))

    # What the server answers.

    def answer(self, method: str, path: str, arguments: dict[str, Any], token: str | None) -> Any:
        if token != f"token {KEY}:{SECRET}":
            raise Refusal(401, "AuthenticationError", "")
        if path == "/api/method/frappe.auth.get_logged_user":
            return {"message": "reader@probe.test"}
        if path == "/api/method/frappe.client.get_time_zone":
            return {"message": {"time_zone": self.time_zone}}
        if path == "/api/method/frappe.utils.change_log.get_versions":
            recorded = json.loads((RECORDINGS / VERSIONS[self.version] / "versions.json").read_text())
            return recorded["body"]
        if path == "/api/method/frappe.client.get_count":
            doctype = arguments["doctype"]
            self._allow(doctype, None)
            rule = arguments.get("filters") or {}
            return {"message": sum(all(one[k] == v for k, v in rule.items()) for one in self.tables[doctype])}
        if method == "POST" and path == "/api/method/frappe.client.get_list":
            return {"message": self.list(arguments.pop("doctype"), arguments)}
        if method == "GET" and path.startswith("/api/resource/"):
            return {"data": self.list(unquote(path.split("/")[3]), arguments)}
        raise Refusal(403, "PermissionError", "Not permitted")

    def list(self, doctype: str, arguments: dict[str, Any]) -> list[Record]:
        self._allow(doctype, arguments.get("parent"))
        if self.before is not None:
            self.before(doctype, arguments)
        fields, conditions = arguments.get("fields") or ["name"], arguments.get("filters") or []
        for condition in conditions:
            self._know(doctype, condition[0])
        plain = [one for one in fields if isinstance(one, str) and "(" not in one]
        for name in plain:
            self._know(doctype, name)
        found = [one for one in self.tables[doctype] if all(self._holds(one, *condition) for condition in conditions)]
        totals = [self._function(one) for one in fields if one not in plain]
        if totals or arguments.get("group_by"):
            return self._grouped(found, plain, totals)
        self._sort(found, arguments.get("order_by"))
        start, limit = int(arguments.get("limit_start") or 0), int(arguments.get("limit_page_length", 20))
        if limit < 0:
            raise Refusal(500, "ProgrammingError", "You have an error in your SQL syntax")
        page = found[start : start + limit] if limit else found[start:]
        return [{name: one.get(name) for name in plain} for one in page]

    def _allow(self, doctype: str, parent: str | None) -> None:
        is_child = doctype in self.children or doctype == "Item Wise Tax Detail"
        if doctype not in self.tables and doctype not in self.closed:
            status = 404 if self.version == 15 else 403
            raise Refusal(status, "DoesNotExistError" if status == 404 else "PermissionError", f"{doctype} not found")
        right = parent if is_child else doctype
        is_fake = is_child and parent not in self.children.get(doctype, {parent})
        if right is None or right in self.closed or is_fake:
            raise Refusal(403, "PermissionError", f"Insufficient Permission for {doctype}")

    def _know(self, doctype: str, name: str) -> None:
        standard = STANDARD | (CHILD if doctype in self.children else set())
        if (doctype, name) in self.lost or name not in self.fields.get(doctype, set()) | standard:
            raise Refusal(417, "DataError", f"Field not permitted in query: {name}")

    def _holds(self, record: Record, name: str, operator: str, wanted: Any) -> bool:
        value, wanted = collated(record.get(name)), collated(wanted)
        match operator:
            case "=":
                return bool((value or "") == (wanted or "")) or value == wanted
            case "!=":
                return bool((value or "") != wanted)
            case "in":
                return value in [collated(one) for one in wanted]
            case "is":
                return bool(value) == (wanted == "set")
        if value is None:
            return False
        return bool({">": value > wanted, ">=": value >= wanted, "<": value < wanted, "<=": value <= wanted}[operator])

    def _function(self, one: Any) -> tuple[str, str, str]:
        if isinstance(one, str):
            called = TEXT_FUNCTION.fullmatch(one)
            if self.version > 15 or called is None:
                message = f"SQL functions are not allowed as strings in SELECT: {one}. Use dict syntax like"
                raise Refusal(417, "ValidationError", message)
            return called.group(1), called.group(2), called.group(3)
        if self.version == 15:
            raise Refusal(500, "AttributeError", "'dict' object has no attribute 'lower'")
        (name, argument), alias = next(pair for pair in one.items() if pair[0] != "as"), one["as"]
        return name.lower(), argument, alias

    def _grouped(self, found: list[Record], plain: list[str], totals: list[tuple[str, str, str]]) -> list[Record]:
        groups: dict[tuple[Any, ...], list[Record]] = {} if plain else {(): []}
        for one in found:
            groups.setdefault(tuple(one.get(name) for name in plain), []).append(one)
        return [
            dict(zip(plain, key, strict=True))
            | {
                alias: len(members) if function == "count" else sum(one[argument] for one in members)
                for function, argument, alias in totals
            }
            for key, members in groups.items()
        ]

    def _sort(self, found: list[Record], order_by: str | None) -> None:
        """Without an order pages come as they like; here backwards by name."""
        orders = [one.split() for one in order_by.split(",")] if order_by else [["name", "desc"]]
        for name, direction in reversed(orders):
            found.sort(key=lambda one: collated(one.get(name) or ""), reverse=direction == "desc")


@dataclass
class Host:
    """An address, at which one site after another can be."""

    site: FakeSite
    url: str = ""

    def put(self, site: FakeSite) -> FakeSite:
        site.url = self.url
        self.site = site
        return site


def handler(host: Host) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            arguments: dict[str, Any] = dict(parse_qsl(url.query))
            for name in ("fields", "filters"):
                if name in arguments:
                    arguments[name] = json.loads(arguments[name])
            self._answer("GET", unquote(url.path), arguments)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer("POST", unquote(self.path), body)

        def do_PUT(self) -> None:
            host.site.requests.append(("PUT", self.path, {}))
            self._send(Fault(403))

        do_DELETE = do_PUT  # noqa: N815
        do_PATCH = do_PUT  # noqa: N815

        def _answer(self, method: str, path: str, arguments: dict[str, Any]) -> None:
            site = host.site
            site.requests.append((method, path, dict(arguments)))
            doctype = arguments.get("doctype") or path.split("/")[-1]
            if site.faults.get(doctype):
                self._send(site.faults[doctype].pop(0))
                return
            try:
                answer = site.answer(method, path, arguments, self.headers.get("Authorization"))
                self._send(Fault(200, json.dumps(answer).encode()))
            except Refusal as refusal:
                self._send(Fault(refusal.status, json.dumps(refusal.body).encode()))

        def _send(self, fault: Fault) -> None:
            self.send_response(fault.status)
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(fault.promised or len(fault.body)))
            self.end_headers()
            self.wfile.write(fault.body)
            if fault.promised:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler
