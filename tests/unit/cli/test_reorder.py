"""`tillsight reorder`, `terms` and `audit` as a buyer and a program use them, over a published run with drafts."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cli.desk import EVERY_ROW
from cli.main import main
from metrics import Metrics
from retail.operational.decisions import Decisions
from retail.principal import LOCAL
from retail.settings import Settings
from retail.vocabulary import DecisionAction
from retail.workspace import Workspace
from tests.contract.operational.drafts import a_draft

MILK, BREAD, BANNER, TRANSFER = (f"{number:016x}" for number in range(1, 5))
SUPPLIER = "Clearbrook Beverages"

DRAFTS = f"""insert into marts.fct_reorder_drafts by name
select
    '{{id}}' as draft_id, 'run-1' as run_id, '{{kind}}' as kind, product_id, sku, product, category,
    '{{store}}' as store_id, {{sender}} as from_store_id, {{supplier}} as supplier_id, '{SUPPLIER}' as supplier,
    date '2025-06-13' as order_date, date '2025-06-16' as delivery_date, 12 as order_quantity, 1.5 as unit_cost,
    18 as order_amount, 'USD' as currency, 0.4 as stockout_risk, 'pack_size' as binding_constraint,
    '["low_evidence"]' as flags, '{{{{"on_hand": 3, "pack_size": 6}}}}' as reasons
from marts.dim_products order by product_id limit 1 offset {{offset}}"""

REFUSED: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("approve", "feedbeef"), 2, "no reorder draft 'feedbeef'"),
    (("approve", MILK, "--quantity", "1.5"), 2, "counted in whole units"),
    (("approve", MILK, "--quantity", "0"), 2, "above 0"),
    (("approve", MILK, "--quantity", "nan"), 2, "above 0"),
    (("reject", MILK), 2, "say why"),
    (("snooze", MILK, "--until", "2025-06-13"), 2, "a day after 2025-06-13"),
    (("snooze", MILK, "--until", "tomorrow"), 2, "takes a date"),
    (("approve", MILK, "--role", "staff"), 3, "may not decide"),
    (("approve", MILK, "--role", "analyst"), 3, "may not decide"),
    (("approve", BREAD, "--role", "manager", "--store", "Harbour Street"), 2, "no reorder draft"),
    (("approve", TRANSFER, "--role", "manager", "--store", "Harbour Street"), 3, "store files:S2"),
    (("export", "--role", "staff"), 3, "may not export"),
)

Call = Callable[..., tuple[int, Any, str]]


@pytest.fixture(scope="module")
def shop(small_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small demo with four drafts and no others. Each test has an operational store of its own."""
    root = tmp_path_factory.mktemp("home") / small_workspace.name
    shutil.copytree(small_workspace.root, root, symlinks=True, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    workspace = Workspace(root)
    with duckdb.connect(str(workspace.published().database)) as connection:
        connection.execute("delete from marts.fct_reorder_drafts")
        for number, (draft_id, store, sender) in enumerate(
            [(MILK, "files:S1", None), (BREAD, "files:S2", None), (BANNER, "files:S1", None), (TRANSFER, "files:S1", 2)]
        ):
            connection.execute(
                DRAFTS.format(
                    id=draft_id,
                    offset=number,
                    store=store,
                    kind="transfer" if sender else "order",
                    sender="'files:S2'" if sender else "null",
                    supplier="null" if draft_id == BANNER else "'files:V06'",
                )
            )
    return workspace


@pytest.fixture(scope="module")
def metrics(shop: Workspace) -> Metrics:
    """The published run, opened once: it never changes, and opening it is most of what a command takes."""
    return Metrics.open(shop, Settings(query_max_rows=EVERY_ROW))


@pytest.fixture
def call(
    shop: Workspace, metrics: Metrics, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Run the command; gives its exit status, its standard output (read, if it is JSON) and its standard error."""
    monkeypatch.setattr(Metrics, "open", lambda *_: metrics)
    for database in shop.root.glob("operational.sqlite*"):
        database.unlink()
    monkeypatch.setenv("TILLSIGHT_HOME", str(shop.root.parent))

    def run(*arguments: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        return int(ended.value.code or 0), json.loads(said.out) if "--json" in arguments else said.out, said.err

    return run


def test_list_has_every_draft_with_reasons_and_state(call: Call) -> None:
    status, document, _ = call("reorder", "list", "--json")
    assert (status, document["as_of"]) == (0, "2025-06-13")
    assert {draft["draft_id"] for draft in document["drafts"]} == {MILK, BREAD, BANNER, TRANSFER}
    draft = next(draft for draft in document["drafts"] if draft["draft_id"] == MILK)
    assert (draft["order_quantity"], draft["order_date"], draft["stockout_risk"], draft["state"]) == (
        12,
        "2025-06-13",
        0.4,
        "open",
    )
    assert (draft["reasons"], draft["flags"]) == ({"on_hand": 3, "pack_size": 6}, ["low_evidence"])
    assert {"sku", "store_id", "supplier_id"} <= draft.keys()


@pytest.mark.parametrize("supplier", [SUPPLIER, "files:V06", "v06", SUPPLIER.upper()])
def test_list_takes_a_supplier_by_any_of_its_names(call: Call, supplier: str) -> None:
    _, document, _ = call("reorder", "list", "--supplier", supplier, "--json")
    assert {draft["draft_id"] for draft in document["drafts"]} == {MILK, BREAD, TRANSFER}


def test_goods_without_a_supplier_can_be_listed_and_an_unknown_one_is_said(call: Call) -> None:
    _, document, _ = call("reorder", "list", "--supplier", "none", "--json")
    assert [draft["draft_id"] for draft in document["drafts"]] == [BANNER]
    status, document, _ = call("reorder", "list", "--supplier", "Nobody", "--json")
    assert (status, document["error"]["message"]) == (2, "There is no supplier 'Nobody'.")


def test_each_decision_shows_in_the_list(call: Call) -> None:
    assert call("reorder", "approve", MILK)[0] == 0
    assert call("reorder", "change", BREAD, "--quantity", "6")[0] == 0
    assert call("reorder", "reject", BANNER, "--reason", "party is over")[0] == 0
    assert call("reorder", "snooze", TRANSFER, "--until", "2025-06-14")[0] == 0
    _, document, _ = call("reorder", "list", "--json")
    assert {draft["draft_id"]: (draft["state"], draft["order_quantity"]) for draft in document["drafts"]} == {
        MILK: ("approved", 12),
        BREAD: ("changed", 6),
        BANNER: ("rejected", 12),
        TRANSFER: ("snoozed", 12),
    }
    changed = next(draft for draft in document["drafts"] if draft["draft_id"] == BREAD)
    assert (changed["proposed_quantity"], changed["order_amount"]) == (12, 9)
    _, document, _ = call("reorder", "list", "--state", "rejected", "--json")
    assert [draft["decision"]["reason"] for draft in document["drafts"]] == ["party is over"]


def test_of_several_drafts_each_has_its_own_result(call: Call) -> None:
    call("reorder", "reject", BREAD, "--reason", "late")
    status, document, _ = call("reorder", "approve", MILK, "feedbeef", BREAD, BANNER, "--json")
    assert status == 2
    told = [result.get("state") or result["error"]["code"] for result in document["decisions"]]
    assert told == ["approved", "unusable", "decided", "approved"]


def test_what_cannot_be_is_said_in_one_line_and_leaves_no_trace(call: Call) -> None:
    for arguments, status, message in REFUSED:
        ended, document, said = call("reorder", *arguments, "--json")
        assert (arguments, ended, said.count("\n")) == (arguments, status, 1)
        assert message in document["error"]["message"]
    assert call("audit", "list", "--json")[1] == {"entries": []}


def test_a_manager_of_a_store_known_by_name_decides_there(call: Call) -> None:
    status, document, _ = call("reorder", "approve", MILK, "--role", "manager", "--store", "Harbour Street", "--json")
    assert (status, document["decisions"][0]["role"]) == (0, "manager")


def test_a_repeated_command_decides_once(call: Call) -> None:
    first = call("reorder", "approve", MILK, "--json")
    assert call("reorder", "approve", MILK, "--json") == first
    assert len(call("audit", "list", "--json")[1]["entries"]) == 1


def test_an_approved_draft_that_a_later_run_left_out_is_still_known(call: Call, shop: Workspace) -> None:
    decisions = Decisions.of(shop, Settings())
    earlier = decisions.decide(LOCAL, a_draft(99), DecisionAction.APPROVE)
    decisions.close()
    _, document, _ = call("reorder", "list", "--state", "approved", "--json")
    assert [(draft["draft_id"], draft["quantity"]) for draft in document["drafts"]] == [(earlier.draft_id, 12)]
    assert call("reorder", "approve", earlier.draft_id, "--json")[1]["decisions"][0]["user"] == "local"
    assert call("reorder", "reject", earlier.draft_id, "--reason", "late")[0] == 2


def test_export_writes_one_file_per_supplier_and_says_what_went_out_before(call: Call, tmp_path: Path) -> None:
    call("reorder", "approve", MILK, BANNER, TRANSFER)
    status, document, _ = call("reorder", "export", "--out", str(tmp_path / "new"), "--json")
    assert (status, [(order["supplier"], order["lines"]) for order in document["orders"]]) == (
        0,
        [(SUPPLIER, 1), (SUPPLIER, 1)],
    )
    rows = list(csv.DictReader(io.StringIO(Path(document["orders"][0]["file"]).read_text("utf-8-sig"))))
    assert [(row["quantity"], row["amount"], row["store"]) for row in rows] == [
        ("12", "18.00", "Harbour Street"),
        ("12", "18.00", ""),
    ]
    call("reorder", "approve", BREAD)
    _, document, _ = call("reorder", "export", "--supplier", SUPPLIER, "--out", str(tmp_path), "--json")
    (order,) = document["orders"]
    assert (order["lines"], list(order["exported_before"])) == (2, [f"{MILK}-1"])
    _, document, _ = call("reorder", "export", "--new", "--format", "pdf", "--out", str(tmp_path), "--json")
    assert document["orders"] == []
    actions = [entry["action"] for entry in call("audit", "list", "--json")[1]["entries"]]
    assert actions.count("order.export") == 3


def test_export_into_a_folder_that_cannot_be_is_said(call: Call, tmp_path: Path) -> None:
    call("reorder", "approve", MILK)
    (tmp_path / "file").write_text("")
    status, document, _ = call("reorder", "export", "--out", str(tmp_path / "file"), "--json")
    assert (status, "cannot be written" in document["error"]["message"]) == (2, True)


def test_audit_verify_tells_a_whole_chain_from_a_broken_one(call: Call, shop: Workspace) -> None:
    call("reorder", "approve", MILK, BREAD)
    status, report, _ = call("audit", "verify", "--json")
    assert (status, report["entries"], report["is_intact"], report["first_broken"]) == (0, 2, True, None)
    assert call("audit", "verify", "--head", report["head"], "--json")[0] == 0
    with sqlite3.connect(shop.operational_database) as connection:
        connection.execute("drop trigger audit_keeps_old_rows")
        connection.execute("update audit set actor = 'somebody else' where sequence = 2")
    status, report, _ = call("audit", "verify", "--json")
    assert (status, report["is_intact"], report["first_broken"]) == (1, False, 2)
    assert "from entry 2 on" in call("audit", "verify")[1]


def test_audit_list_tells_who_what_and_before_and_after(call: Call) -> None:
    call("reorder", "change", MILK, "--quantity", "6")
    call("reorder", "approve", MILK, "--role", "manager")
    newest, oldest = call("audit", "list", "--json")[1]["entries"]
    assert (newest["action"], newest["role"], newest["subject"]) == ("draft.approve", "manager", f"draft:{MILK}")
    assert (newest["before"]["state"], newest["after"]["state"]) == ("changed", "approved")
    assert (oldest["before"], newest["previous_hash"]) == (None, oldest["hash"])
    assert call("audit", "list", "--role", "analyst", "--json")[0] == 3
    assert call("audit", "list", "--role", "manager", "--store", "S1", "--json")[0] == 3


def test_terms_are_set_listed_and_cleared_by_name(call: Call) -> None:
    assert call("terms", "set", "order_days", "Thursday, mon", "--supplier", SUPPLIER)[0] == 0
    assert call("terms", "set", "service_level", "95%", "--at", "Lakeview")[0] == 0
    _, document, _ = call("terms", "list", "--json")
    assert [(term["field"], term["value"], term["supplier_id"], term["store_id"]) for term in document["terms"]] == [
        ("service_level", "0.95", None, "files:S2"),
        ("order_days", "mon,thu", "files:V06", None),
    ]
    assert "is cleared" in call("terms", "clear", "order_days", "--supplier", "V06")[1]
    assert "was not set" in call("terms", "clear", "order_days", "--supplier", "V06")[1]
    assert call("terms", "set", "moq", "6", "--role", "staff", "--json")[0] == 3
    assert call("terms", "list", "--role", "staff", "--json")[0] == 3
    assert (
        call("terms", "set", "moq", "many", "--json")[1]["error"]["message"] == "moq cannot be 'many': it is no number."
    )


def test_terms_come_from_a_file_all_or_none(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "terms.csv"
    file.write_text("supplier;lead_time_days;order_days\nV06;4;mon,thu\nV08;x;\nNobody;3;\n")
    status, document, _ = call("terms", "import", str(file), "--json")
    assert status == 2
    assert "line 3: lead_time_days cannot be 'x'" in document["error"]["message"]
    assert "line 4: There is no supplier 'Nobody'" in document["error"]["message"]
    assert call("terms", "list", "--json")[1] == {"terms": []}
    file.write_text("supplier;lead_time_days;order_days\nV06;4;mon,thu\nV08;5;\n")
    assert call("terms", "import", str(file), "--check")[0] == 0
    assert call("terms", "list", "--json")[1] == {"terms": []}
    assert len(call("terms", "import", str(file), "--json")[1]["terms"]) == 3
    assert len(call("terms", "list", "--json")[1]["terms"]) == 3
