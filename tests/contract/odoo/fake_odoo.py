"""An Odoo server as far as the connector uses it: both transports, domains, companies, groups, refusals.

Its models and fields are those recorded from real servers (`fields_get`); its records are put there by tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

RECORDINGS = Path(__file__).parents[4] / "shared" / "sources" / "odoo"
VERSIONS = ("14.0", "15.0", "16.0", "17.0", "18.0", "19.0")
RECORDED = ("14.0", "16.0", "17.0", "18.0", "19.0")
MOMENT = "%Y-%m-%d %H:%M:%S"
KEY = "the-secret-key-of-the-reader"
DATABASE = "shop"
USER = "reader@shop.example"
READING = {"search_read", "search", "search_count", "read", "fields_get", "read_group", "formatted_read_group"}

# Models that were not recorded on every version; the fields that the connector knows are in all of them.
BY_HAND: dict[str, dict[str, Any]] = {
    "res.currency": {"name": "char", "active": "boolean"},
    "res.currency.rate": {
        "name": "date",
        "rate": "float",
        "currency_id": "res.currency",
        "company_id": "res.company",
    },
    "res.users": {"login": "char", "lang": "char", "company_ids": ["res.company"]},
    "stock.picking.type": {"warehouse_id": "stock.warehouse", "code": "char", "active": "boolean"},
    "loyalty.reward": {
        "program_id": "loyalty.program",
        "reward_type": "char",
        "discount": "float",
        "discount_mode": "char",
    },
}

# What the tests call a field, and what it is called where that name does not exist.
ALIASES = {
    "product_uom_id": ["product_uom"],
    "tax_ids": ["tax_id", "taxes_id"],
    "partner_id": ["name"],
    "quantity": ["quantity_done", "product_uom_qty"],
}


class Refused(Exception):
    """An exception of the server."""

    def __init__(self, name: str, message: str, status: int) -> None:
        super().__init__(message)
        self.name, self.message, self.status = name, message, status


class FakeOdoo:
    """A server of one version with one database."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.major = int(version.split(".")[0])
        self.now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
        self.fields = dict(_fields(version))
        self.rows: dict[str, dict[int, dict[str, Any]]] = {model: {} for model in self.fields}
        self.denied: set[str] = set()
        self.companies: set[int] = set()
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.faults: list[tuple[int, bytes, dict[str, str]]] = []
        self.can_group = True
        self.put("res.users", 2, login=USER, lang="en_US", company_ids=[])

    # What tests do

    def put(self, model: str, number: int, **values: Any) -> None:
        """Create or change a record, as of the server's clock. Fields that this version lacks are left out."""
        if model not in self.fields:
            return
        known = self.fields[model]
        record = self.rows[model].setdefault(number, self._new(model, number))
        for name, value in values.items():
            names = [name, *ALIASES.get(name, [])]
            found = next((one for one in names if one in known and known[one].get("relation") != "_unknown"), None)
            if found is not None:
                record[found] = value
        record["write_date"] = self.now.strftime(MOMENT)

    def add_field(self, model: str, name: str, kind: str) -> None:
        """A module that was not recorded brings a field."""
        self.fields[model][name] = _spec(kind)

    def delete(self, model: str, *numbers: int) -> None:
        for number in numbers:
            del self.rows[model][number]

    def forget(self, model: str) -> None:
        """The module that brings the model is not installed."""
        del self.fields[model]
        del self.rows[model]

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._handle)

    def seed(self) -> None:
        """Put the recorded records there."""
        folder = RECORDINGS / f"odoo_{self.version}"
        for path in sorted(folder.glob("search_read.*.json")):
            content = json.loads(path.read_text())
            if content["model"] in self.rows and content["model"] != "res.users":
                for row in content["rows"]:
                    record = self._new(content["model"], row["id"])
                    record.update(row)
                    self.rows[content["model"]][row["id"]] = record
        self.companies = set(self.rows["res.company"])
        self.put("res.users", 2, company_ids=sorted(self.companies))

    # Transports

    def _handle(self, request: httpx.Request) -> httpx.Response:
        status, content, headers = self.answer(request.url.path, dict(request.headers), request.content)
        return httpx.Response(status, content=content, headers=headers)

    def answer(self, path: str, headers: dict[str, str], content: bytes) -> tuple[int, bytes, dict[str, str]]:
        if self.faults:
            return self.faults.pop(0)
        if path == "/jsonrpc":
            return self._json_rpc(json.loads(content))
        if path.startswith("/json/2/") and self.major >= 19:
            return self._json2(path, {name.lower(): value for name, value in headers.items()}, json.loads(content))
        return 404, b"<h1>Not Found</h1>", {}

    def _json_rpc(self, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": body["id"]}
        try:
            answer["result"] = self._service(**body["params"])
        except Refused as refused:
            data = {"name": refused.name, "message": refused.message, "debug": f"Traceback … {KEY}", "arguments": []}
            answer["error"] = {"code": 200, "message": "Odoo Server Error", "data": data}
        return 200, json.dumps(answer).encode(), {"Content-Type": "application/json"}

    def _service(self, service: str, method: str, args: list[Any]) -> Any:
        if service == "common" and method == "version":
            return {"server_version": self.version, "protocol_version": 1}
        if args[0] != DATABASE:
            raise Refused("psycopg2.OperationalError", f'FATAL:  database "{args[0]}" does not exist\n', 500)
        if service == "common" and method == "authenticate":
            return 2 if args[1:3] == [USER, KEY] else False
        _, user, key, model, name, placed, named = args
        if (user, key) != (2, KEY):
            raise Refused("odoo.exceptions.AccessDenied", "Access Denied", 401)
        assert self.major < 19, "on 19 JSON-2 is there for this"
        names = {"search": ["domain"], "search_count": ["domain"], "read": ["ids", "fields"]}.get(name, [])
        if name in {"search", "search_count"} and "domain" in named and self.major < 16:
            raise Refused("builtins.TypeError", "search() got an unexpected keyword argument 'domain'", 500)
        return self._call(model, name, {**dict(zip(names, placed, strict=False)), **named})

    def _json2(self, path: str, headers: dict[str, str], body: Any) -> tuple[int, bytes, dict[str, str]]:
        _, _, _, model, method = path.split("/")
        try:
            if headers.get("x-odoo-database") != DATABASE:
                return 404, b"<h1>Not Found</h1>", {}
            self._check_key(headers)
            return 200, json.dumps(self._call(model, method, body)).encode(), {}
        except Refused as refused:
            content = {"name": refused.name, "message": refused.message, "arguments": [], "context": {}, "debug": KEY}
            return refused.status, json.dumps(content).encode(), {}

    def _check_key(self, headers: dict[str, str]) -> None:
        if headers.get("authorization") != f"bearer {KEY}":
            raise Refused("werkzeug.exceptions.Unauthorized", "Invalid apikey", 401)

    # Models

    def _call(self, model: str, method: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((model, method, arguments))
        assert method in READING, f"{model}.{method} was called"
        if model not in self.fields:
            name = "werkzeug.exceptions.NotFound" if self.major >= 19 else "odoo.exceptions.UserError"
            raise Refused(name, f"Object {model} doesn't exist", 404)
        if method == "fields_get":
            names = arguments.get("attributes")
            fields = self.fields[model].items()
            return {name: {key: spec[key] for key in names if key in spec} for name, spec in fields}
        if model in self.denied:
            message = f"You are not allowed to access '{model}' records. User: Jane Doe"
            raise Refused("odoo.exceptions.AccessError", message, 403)
        return getattr(self, f"_{method}")(model, **arguments)

    def _search(
        self,
        model: str,
        domain: list[Any],
        offset: int = 0,
        limit: int | None = None,
        order: str = "id",
        context: Any = None,
    ) -> list[int]:
        rows = self._found(model, domain, context or {})
        for part in reversed(order.split(",")):
            name, _, direction = part.strip().partition(" ")
            rows.sort(key=lambda row: _sortable(row[name]), reverse=direction == "desc")
        return [row["id"] for row in rows][offset : offset + limit if limit else None]

    def _search_count(self, model: str, domain: list[Any], context: Any = None) -> int:
        return len(self._found(model, domain, context or {}))

    def _search_read(
        self, model: str, domain: list[Any], fields: list[str], context: Any = None, **options: Any
    ) -> list[dict[str, Any]]:
        load = options.pop("load", None)
        if load is not None and self.major < 15:
            raise Refused("builtins.TypeError", "search_read() got an unexpected keyword argument 'load'", 500)
        ids = self._search(model, domain, context=context, **options)
        return [self._shown(model, self.rows[model][number], fields, load, context or {}) for number in ids]

    def _read_group(
        self,
        model: str,
        domain: list[Any],
        fields: list[str],
        groupby: list[str],
        lazy: bool = True,
        context: Any = None,
    ) -> list[dict[str, Any]]:
        if self.major >= 19 or not self.can_group:
            raise Refused("builtins.TypeError", "read_group is not for you", 500)
        assert not lazy
        assert fields, "all fields would be summed"
        groups = []
        for keys, rows, extra in self._grouped(model, domain, groupby, context or {}):
            summed = [name.split(":")[0] for name in fields if name not in groupby]
            sums = {name: sum(row[name] for row in rows) for name in summed}
            groups.append({"__count": len(rows), **keys, **sums, "__domain": ["&", *extra, *domain]})
        return groups

    def _formatted_read_group(
        self, model: str, domain: list[Any], groupby: list[str], aggregates: list[str], context: Any = None
    ) -> list[dict[str, Any]]:
        if self.major < 19 or not self.can_group:
            raise Refused("builtins.AttributeError", "formatted_read_group is not there", 500)
        groups = []
        for keys, rows, extra in self._grouped(model, domain, groupby, context or {}):
            names = [name for name in aggregates if name != "__count"]
            sums = {name: sum(row[name.split(":")[0]] for row in rows) for name in names}
            groups.append({**keys, **sums, "__count": len(rows), "__extra_domain": extra})
        return groups

    def _grouped(
        self, model: str, domain: list[Any], groupby: list[str], context: dict[str, Any]
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], list[Any]]]:
        groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for row in self._found(model, domain, context):
            groups.setdefault(tuple(self._group_key(model, row, name, context) for name in groupby), []).append(row)
        for key, rows in groups.items():
            shown: dict[str, Any] = {}
            extra: list[Any] = []
            for name, value in zip(groupby, key, strict=True):
                if name.endswith(":day"):
                    start, end, label = value
                    shown[name] = [start, label] if self.major >= 19 else label
                    field = name.split(":")[0]
                    extra += ["&", [field, ">=", start], [field, "<", end]]
                else:
                    shown[name] = [value, f"{name} {value}"] if value else False
                    extra += [[name, "=", value]]
            yield shown, rows, extra

    def _group_key(self, model: str, row: dict[str, Any], name: str, context: dict[str, Any]) -> Any:
        field = name.split(":")[0]
        if not self.fields[model][field]["store"]:
            raise Refused("builtins.ValueError", f"Invalid field '{field}' on model '{model}'", 500)
        if not name.endswith(":day"):
            return _id(row[field])
        zone = ZoneInfo(context.get("tz") or "UTC")
        local = datetime.strptime(row[field], MOMENT).replace(tzinfo=UTC).astimezone(zone)
        start = local.replace(hour=0, minute=0, second=0)
        end = (start + timedelta(days=1)).replace(tzinfo=zone)
        return start.astimezone(UTC).strftime(MOMENT), end.astimezone(UTC).strftime(MOMENT), start.strftime("%d %b %Y")

    # Records

    def _new(self, model: str, number: int) -> dict[str, Any]:
        blank = {name: _blank(spec) for name, spec in self.fields[model].items()}
        moment = self.now.strftime(MOMENT)
        return blank | {"id": number, "create_date": moment, "write_date": moment}

    def _found(self, model: str, domain: list[Any], context: dict[str, Any]) -> list[dict[str, Any]]:
        allowed = context.get("allowed_company_ids")
        if allowed is not None and not set(allowed) <= self.companies:
            raise Refused("odoo.exceptions.AccessError", "Access to unauthorized or invalid companies.", 403)
        rows = list(self.rows[model].values())
        if context.get("active_test", True) and "active" in self.fields[model]:
            rows = [row for row in rows if row["active"]]
        if allowed and "company_id" in self.fields[model]:
            rows = [row for row in rows if not row["company_id"] or _id(row["company_id"]) in allowed]
        return [row for row in rows if self._holds(model, row, domain)]

    def _holds(self, model: str, row: dict[str, Any], domain: list[Any]) -> bool:
        def next_term(terms: Iterator[Any]) -> bool:
            term = next(terms)
            if term == "|":
                left, right = next_term(terms), next_term(terms)
                return left or right
            if term == "&":
                left, right = next_term(terms), next_term(terms)
                return left and right
            return self._compare(model, row, *term)

        terms = iter(domain)
        result = True
        while True:
            try:
                result = next_term(terms) and result
            except StopIteration:
                return result

    def _compare(self, model: str, row: dict[str, Any], path: str, operator: str, wanted: Any) -> bool:
        name, _, rest = path.partition(".")
        if name not in self.fields[model]:
            raise Refused("builtins.ValueError", f"Invalid field '{name}' on model '{model}'", 500)
        value = _id(row[name])
        if rest:
            related = self.fields[model][name]["relation"]
            return value in self.rows[related] and self._compare(
                related, self.rows[related][value], rest, operator, wanted
            )
        match operator:
            case "=":
                return bool(value == wanted)
            case "!=":
                return bool(value != wanted)
            case "in":
                return value in wanted
            case ">":
                return bool(value > wanted)
            case ">=":
                return bool(value >= wanted)
            case "<":
                return bool(value < wanted)
            case "<=":
                return bool(value <= wanted)
        raise AssertionError(operator)

    def _shown(
        self, model: str, row: dict[str, Any], fields: list[str], load: str | None, context: dict[str, Any]
    ) -> dict[str, Any]:
        shown = {"id": row["id"]}
        for name in fields:
            spec = self.fields[model].get(name)
            if spec is None:
                raise Refused("builtins.ValueError", f"Invalid field '{name}' on model '{model}'", 500)
            assert spec.get("relation") != "_unknown", f"{model}.{name} crashes the whole call"
            value = row[name]
            if isinstance(value, dict):
                value = value.get((context.get("allowed_company_ids") or [1])[0], 0.0)
            if spec["type"] == "many2one" and value:
                value = _id(value) if load == "" else [_id(value), "a name"]
            shown[name] = value
        return shown


def _fields(version: str) -> Iterator[tuple[str, dict[str, Any]]]:
    recorded = "16.0" if version == "15.0" else version
    folder = RECORDINGS / f"odoo_{recorded}"
    for path in sorted(folder.glob("fields_get.*.json")):
        yield path.name.removeprefix("fields_get.").removesuffix(".json"), json.loads(path.read_text())
    for model, columns in BY_HAND.items():
        if not (folder / f"fields_get.{model}.json").exists() and (model != "loyalty.reward" or recorded != "14.0"):
            yield model, {name: _spec(kind) for name, kind in columns.items()} | _LOG


def _spec(kind: Any) -> dict[str, Any]:
    if isinstance(kind, list):
        return {"type": "many2many", "relation": kind[0], "store": True}
    if "." in kind:
        return {"type": "many2one", "relation": kind, "store": True}
    return {"type": kind, "store": True}


_LOG = {
    name: _spec(kind) for name, kind in {"id": "integer", "create_date": "datetime", "write_date": "datetime"}.items()
}


def _blank(spec: dict[str, Any]) -> Any:
    if spec["type"] in {"float", "integer", "monetary"}:
        return 0
    return [] if spec["type"] in {"many2many", "one2many"} else False


def _id(value: Any) -> Any:
    """What a value is compared by: of a recorded many2one, its id."""
    return value[0] if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str) else value


def _sortable(value: Any) -> Any:
    return (0, "") if value is False else (1, value)
