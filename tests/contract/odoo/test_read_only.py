"""Nothing but reading methods can be called, and nothing else is."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

import connectors.odoo
from connectors.odoo.checking import look
from connectors.odoo.client import COMMON_METHODS, READING_METHODS
from connectors.odoo.tables import MODELS
from retail.errors import SourceError
from tests.contract.odoo.conftest import SOURCE, Reader
from tests.contract.odoo.fake_odoo import VERSIONS

MakeReader = Callable[..., Reader]
FOLDER = Path(connectors.odoo.__file__).parent
WRITING = (
    "create", "write", "unlink", "copy", "load", "import_data", "toggle_active", "action_archive", "name_create",
    "action_confirm", "button_confirm", "action_pos_order_paid", "create_from_ui", "sync_from_ui", "_write", "sudo",
    "web_save", "message_post", "flush", "execute", "action_apply_inventory", "button_validate", "export_data",
    "search_fetch", "web_read", "onchange", "default_get",
)  # fmt: skip


@pytest.mark.parametrize("version", ["14.0", "19.0"])
@pytest.mark.parametrize("method", WRITING)
def test_no_other_method_leaves_the_machine(make_reader: MakeReader, version: str, method: str) -> None:
    reader = make_reader(version)
    client = reader.client()
    before = len(reader.fake.calls)
    for model in MODELS:
        with pytest.raises(SourceError, match="no reading method"):
            client.call(model, method, ids=[1])
    assert len(reader.fake.calls) == before


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_called_reads_and_only_models_that_the_page_lists(make_reader: MakeReader, version: str) -> None:
    reader = make_reader(version)
    opened = reader.open()
    for one in opened.readers:
        list(one.read() if one.table.strategy == "whole" else one.first_load(None))
    look(opened.client, SOURCE)
    called = {(model, method) for model, method, _ in reader.fake.calls}
    assert {method for _, method in called} <= READING_METHODS
    page = (FOLDER.parents[1] / "docs" / "connect" / "odoo.md").read_text()
    for model in {model for model, _ in called}:
        assert f"`{model}`" in page, f"{model} is read, and docs/connect/odoo.md grants no right to it"


def test_every_call_in_the_source_names_a_method_of_the_list() -> None:
    """Of models through `call`, of the service through `_ask`; no other file talks to the server."""
    methods: list[str] = []
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "call":
                name = node.args[1]
                if isinstance(name, ast.Constant):
                    methods.append(str(name.value))
            if isinstance(node, ast.Attribute) and node.attr == "request":
                assert path.name == "client.py"
    assert set(methods) <= READING_METHODS
    assert len(methods) > 5
    assert not READING_METHODS & set(WRITING)
    assert {"version", "authenticate"} == COMMON_METHODS
