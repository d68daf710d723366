"""The reorder page: drafts by supplier, decisions that are taken once, by those who may, and orders to hand out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from app import formats, order_export
from app.data import Shop, open_shop
from forecasting.replenishment.purchase_orders import purchase_orders
from retail.errors import Refused
from retail.operational import audit
from retail.operational.database import open_store
from retail.operational.decisions import Decision, Decisions
from retail.principal import Principal
from retail.settings import Settings
from retail.vocabulary import DecisionAction, DraftState, Role
from retail.workspace import Workspace

pytestmark = pytest.mark.xdist_group("app")

OpenPage = Callable[..., AppTest]
Row = dict[str, Any]


@pytest.fixture
def rows(workspace_with_drafts: Workspace) -> list[Row]:
    """Orders of the published run, the most pressing of each supplier first."""
    with duckdb.connect(str(workspace_with_drafts.published().database), read_only=True) as connection:
        found = connection.execute(
            "select * from marts.fct_reorder_drafts where kind = 'order' order by supplier, cost_of_not_ordering desc"
        ).df()
    return list(found.to_dict("records"))


def said(app: AppTest) -> str:
    blocks = (app.markdown, app.caption, app.info, app.toast, app.warning, app.error)
    return " ".join(element.value for block in blocks for element in block).replace("\\", "")


def latest(workspace: Workspace) -> dict[str, Decision]:
    with closing(Decisions.of(workspace, Settings())) as store:
        return store.latest()


def button(app: AppTest, key: str) -> Any:
    return app.button(key=key)


def decide(workspace: Workspace, draft: Row, action: DecisionAction, user: str = "anna", **how: Any) -> Decision:
    with closing(Decisions.of(workspace, Settings())) as store:
        person = Principal(user, Role.MANAGER)
        return store.decide(person, draft, action, today=draft["order_date"].date(), **how)


def test_drafts_stand_by_supplier_with_their_money_and_reasons(
    open_page: OpenPage, workspace_with_drafts: Workspace, rows: list[Row]
) -> None:
    supplier = rows[0]["supplier"]
    of_supplier = [row for row in rows if row["supplier"] == supplier]
    app = open_page(workspace_with_drafts, "reorder", supplier=supplier)
    assert not app.exception
    assert not app.error
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["To decide"] == str(len(of_supplier))
    expected = formats.money(sum(row["order_amount"] for row in of_supplier), "USD")
    assert figures["Order value"] == formats.plain(expected)
    assert "to count on" in said(app)
    assert "missing" in said(app)
    assert "Supplier’s minimum reached" in said(app)
    assert {f"approve_{row['draft_id']}" for row in of_supplier} <= {found.key for found in app.button}


def test_an_approved_draft_is_kept_as_typed_and_leaves_the_page(
    open_page: OpenPage, workspace_with_drafts: Workspace, rows: list[Row]
) -> None:
    draft = rows[0]
    app = open_page(workspace_with_drafts, "reorder", supplier=draft["supplier"])
    field = next(box for box in app.number_input if box.key and draft["draft_id"] in box.key)
    field.set_value(draft["order_quantity"] + 5).run()
    button(app, f"approve_{draft['draft_id']}").click().run()
    assert not app.exception
    made = latest(workspace_with_drafts)[draft["draft_id"]]
    assert (made.state, made.quantity_after) == (DraftState.APPROVED, draft["order_quantity"] + 5)
    assert [box.value for box in app.toast] == [
        formats.plain(
            f"Approved: {made.quantity_after:g} × {draft['product']} for {_store(workspace_with_drafts, draft)}."
        )
    ]
    assert f"approve_{draft['draft_id']}" not in {found.key for found in app.button}
    assert f"Approved from {draft['order_quantity']:g} to" in said(app)  # in its place, so that nothing moves
    app.switch_page("views/today.py").run()
    assert draft["product"] not in said(app.switch_page("views/reorder.py").run())


def test_what_another_tab_decided_stands_and_the_page_says_so(
    open_page: OpenPage, workspace_with_drafts: Workspace, rows: list[Row]
) -> None:
    draft = rows[0]
    app = open_page(workspace_with_drafts, "reorder", supplier=draft["supplier"])
    first = decide(workspace_with_drafts, draft, DecisionAction.REJECT, reason="Leaving the range")
    button(app, f"approve_{draft['draft_id']}").click().run()
    assert latest(workspace_with_drafts)[draft["draft_id"]] == first
    assert len(app.error) == 1
    assert "rejected by anna" in said(app)


def test_a_second_click_on_the_same_decision_takes_no_second_one(
    open_page: OpenPage, workspace_with_drafts: Workspace, rows: list[Row]
) -> None:
    draft = rows[0]
    app = open_page(workspace_with_drafts, "reorder", supplier=draft["supplier"])
    first = decide(workspace_with_drafts, draft, DecisionAction.APPROVE)
    button(app, f"approve_{draft['draft_id']}").click().run()
    assert not app.error
    assert latest(workspace_with_drafts)[draft["draft_id"]] == first
    with closing(Decisions.of(workspace_with_drafts, Settings())) as store:
        assert len(store.history(draft["draft_id"])) == 1


def test_a_rejection_needs_a_reason_and_is_found_among_the_rejected(
    open_page: OpenPage, workspace_with_drafts: Workspace, rows: list[Row]
) -> None:
    draft = rows[0]
    app = open_page(workspace_with_drafts, "reorder", supplier=draft["supplier"])
    button(app, f"reject_{draft['draft_id']}").click().run()
    assert len(app.error) == 1
    assert draft["draft_id"] not in latest(workspace_with_drafts)
    app.selectbox(key=f"reason_{draft['draft_id']}").select("No space").run()
    button(app, f"reject_{draft['draft_id']}").click().run()
    assert not app.error
    rejected = open_page(workspace_with_drafts, "reorder", state="rejected")
    table = rejected.dataframe[0].value
    assert list(table["product"]) == [draft["product"]]
    assert list(table["reason"]) == ["No space"]


def test_a_snoozed_draft_waits_elsewhere_and_a_changed_one_here(
    open_page: OpenPage, workspace_with_drafts: Workspace, rows: list[Row]
) -> None:
    snoozed, changed = rows[0], rows[1]
    decide(workspace_with_drafts, changed, DecisionAction.CHANGE, quantity=changed["order_quantity"] + 7)
    app = open_page(workspace_with_drafts, "reorder", supplier=snoozed["supplier"])
    button(app, f"snooze_{snoozed['draft_id']}").click().run()
    assert latest(workspace_with_drafts)[snoozed["draft_id"]].state is DraftState.SNOOZED
    assert f"approve_{snoozed['draft_id']}" not in {found.key for found in app.button}
    field = next(box for box in app.number_input if box.key and changed["draft_id"] in box.key)
    assert field.value == changed["order_quantity"] + 7
    assert "by anna (manager)" in said(app)


def test_all_drafts_of_a_supplier_are_approved_after_a_second_look(
    open_page: OpenPage, workspace_with_drafts: Workspace, rows: list[Row]
) -> None:
    supplier = rows[0]["supplier"]
    wanted = {row["draft_id"] for row in rows if row["supplier"] == supplier}
    app = open_page(workspace_with_drafts, "reorder", supplier=supplier)
    button(app, f"approve_all_{supplier}").click().run()
    made = latest(workspace_with_drafts)
    assert {key for key, decision in made.items() if decision.state is DraftState.APPROVED} == wanted
    assert f"{len(wanted)} drafts of {supplier} approved." in said(app)
    approved = open_page(workspace_with_drafts, "reorder", state="approved")
    assert not approved.exception
    assert set(approved.dataframe[0].value["product"]) == {
        row["product"] for row in rows if row["supplier"] == supplier
    }
    assert "PO-" in said(approved)


@pytest.mark.parametrize("role", ["staff", "analyst"])
def test_who_may_not_decide_looks_on_and_staff_read_no_costs(
    open_page: OpenPage, workspace_with_drafts: Workspace, monkeypatch: pytest.MonkeyPatch, rows: list[Row], role: str
) -> None:
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", role)
    app = open_page(workspace_with_drafts, "reorder", supplier=rows[0]["supplier"])
    assert not app.exception
    assert not app.error
    assert not app.number_input
    assert not [found for found in app.button if "pprove" in found.label]
    assert f"in the role {role}" in said(app)
    assert rows[0]["product"] in said(app)
    assert ("$" in said(app) + " ".join(box.label for box in app.expander)) == (role == "analyst")


def test_a_manager_of_one_store_sees_and_decides_on_its_drafts_alone(
    open_page: OpenPage, workspace_with_drafts: Workspace, monkeypatch: pytest.MonkeyPatch, rows: list[Row]
) -> None:
    own = [row for row in rows if row["store_id"] == "files:S1"]
    other = next(row for row in rows if row["store_id"] == "files:S2")
    decide(workspace_with_drafts, other, DecisionAction.REJECT, reason="Not for others to read")
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", "manager")
    monkeypatch.setenv("TILLSIGHT_APP_STORES", '["S1"]')
    app = open_page(workspace_with_drafts, "reorder", supplier=own[0]["supplier"])
    assert "Lakeview" not in said(app)
    button(app, f"approve_{own[0]['draft_id']}").click().run()
    assert latest(workspace_with_drafts)[own[0]["draft_id"]].state is DraftState.APPROVED
    rejected = open_page(workspace_with_drafts, "reorder", state="rejected")
    assert "Not for others to read" not in said(rejected)
    assert not rejected.dataframe


def test_the_address_of_a_draft_shows_it_alone_with_its_costs_and_history(
    open_page: OpenPage, workspace_with_drafts: Workspace, rows: list[Row]
) -> None:
    draft = rows[2]
    app = open_page(workspace_with_drafts, "reorder", draft=draft["draft_id"])
    assert [found.key for found in app.button if (found.key or "").startswith("approve_")] == [
        f"approve_{draft['draft_id']}"
    ]
    gone = open_page(workspace_with_drafts, "reorder", draft="0123456789abcdef")
    assert "does not wait for a decision any more" in said(gone)
    assert len([found for found in gone.button if (found.key or "").startswith("approve_")]) > 1


def test_a_source_without_stock_is_told_why_there_are_no_drafts(
    open_page: OpenPage, no_stock_workspace: Workspace
) -> None:
    for page in ("reorder", "stock_risk"):
        app = open_page(no_stock_workspace, page)
        assert not app.exception
        assert "This source has no stock" in said(app)
        assert not app.dataframe


@pytest.fixture
def shop(workspace_with_drafts: Workspace, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("TILLSIGHT_HOME", str(workspace_with_drafts.root.parent))
    monkeypatch.setenv("TILLSIGHT_WORKSPACE", workspace_with_drafts.root.name)
    return open_shop()


@pytest.mark.parametrize("form", ["csv", "pdf"])
def test_an_exported_order_is_a_file_and_an_entry_of_the_audit(
    shop: Shop, workspace_with_drafts: Workspace, rows: list[Row], form: order_export.Form
) -> None:
    made = decide(workspace_with_drafts, rows[0], DecisionAction.APPROVE)
    order = purchase_orders([made])[0]
    content = order_export.order_file(shop, order, form)
    assert content.startswith(b"%PDF" if form == "pdf" else b"\xef\xbb\xbf")
    engine = open_store(workspace_with_drafts, Settings())
    assert [entry.action for entry in audit.entries(engine)] == ["order.export", "draft.approve"]
    engine.dispose()


def test_who_may_not_export_gets_no_file(
    shop: Shop, workspace_with_drafts: Workspace, monkeypatch: pytest.MonkeyPatch, rows: list[Row]
) -> None:
    made = decide(workspace_with_drafts, rows[0], DecisionAction.APPROVE)
    monkeypatch.setenv("TILLSIGHT_APP_ROLE", "analyst")
    with pytest.raises(Refused):
        order_export.order_file(open_shop(), purchase_orders([made])[0], "csv")


def _store(workspace: Workspace, draft: Row) -> str:
    with duckdb.connect(str(workspace.published().database), read_only=True) as connection:
        found = connection.execute("select store from marts.dim_stores where store_id = ?", [draft["store_id"]])
        return str(found.fetchall()[0][0])
