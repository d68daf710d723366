"""`tillsight reorder`: the drafts of the last run, what people decide on them, and purchase orders of the approved."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import of
from cli.output import print_json, print_line, print_note
from cli.pipeline import refresh_drafts
from retail.errors import TillsightError, UnusableRequest
from retail.vocabulary import DecisionAction, DraftState

if TYPE_CHECKING:
    from cli.desk import Desk, Row
    from retail.operational.decisions import Decision

reorder_app = typer.Typer(help="Reorder drafts and what people decide.", rich_markup_mode=None, no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Ids = Annotated[list[str], typer.Argument(metavar="DRAFT_ID…", help="Drafts, as `tillsight reorder list` names them.")]
Reason = Annotated[str | None, typer.Option(help="Why, kept with the decision.")]
Supplier = Annotated[str | None, typer.Option(help="Only this supplier: id or name; `none` for goods without one.")]

NO_SUPPLIER = "none"

reorder_app.command("refresh")(refresh_drafts)


class FileForm(StrEnum):
    """What a purchase order is written as."""

    CSV = "csv"
    PDF = "pdf"


@reorder_app.command("list")
def list_drafts(
    context: typer.Context,
    supplier: Supplier = None,
    state: Annotated[DraftState | None, typer.Option(help="Only drafts that stand so.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what the last run proposes to order, with reasons, and how each draft stands."""
    from cli.desk import open_desk

    with open_desk(of(context)) as desk:
        wanted = _supplier_id(desk, supplier)
        shown = [
            draft
            for draft in _standing(desk, state)
            if (state is None or draft["state"] == state) and (supplier is None or draft["supplier_id"] == wanted)
        ]
        if as_json:
            print_json({"drafts": shown, "as_of": desk.today})
            return
    for draft in shown:
        print_line(
            f"{draft['draft_id']}  {draft['state']:<8}  {draft['quantity']:>8g} × {draft['product'] or draft['sku']}  "
            f"for {draft['store_id']}  from {draft['supplier'] or 'no known supplier'}, by {draft['order_date']}"
        )
    if not shown:
        print_note("There is no such draft. The Data health page says how the last run went.")


@reorder_app.command()
def approve(
    context: typer.Context,
    draft_ids: Ids,
    quantity: Annotated[float | None, typer.Option(help="Approve another quantity than the one that stands.")] = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Approve drafts: they count as on order from the next run on, and can be exported."""
    _decide(context, draft_ids, DecisionAction.APPROVE, as_json, quantity=quantity, reason=reason)


@reorder_app.command()
def change(
    context: typer.Context,
    draft_ids: Ids,
    quantity: Annotated[float, typer.Option(help="The new quantity.")],
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Change the quantity of drafts, which stay open."""
    _decide(context, draft_ids, DecisionAction.CHANGE, as_json, quantity=quantity, reason=reason)


@reorder_app.command()
def reject(context: typer.Context, draft_ids: Ids, reason: Reason = None, as_json: AsJson = False) -> None:
    """Reject drafts, with a reason: that delivery is not drafted again."""
    _decide(context, draft_ids, DecisionAction.REJECT, as_json, reason=reason)


@reorder_app.command()
def snooze(
    context: typer.Context,
    draft_ids: Ids,
    until: Annotated[str | None, typer.Option(help="Day on which they are open again. Default: in a week.")] = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Put drafts off until a day."""
    from cli.desk import parse_date

    day = parse_date(until, "--until")
    _decide(context, draft_ids, DecisionAction.SNOOZE, as_json, reason=reason, snooze_until=day)


@reorder_app.command()
def export(
    context: typer.Context,
    supplier: Supplier = None,
    form: Annotated[FileForm, typer.Option("--format", help="Kind of file.")] = FileForm.CSV,
    out: Annotated[Path, typer.Option(help="Folder for the files, one per supplier.")] = Path(),
    since: Annotated[
        str | None, typer.Option(help="Approved, or to be delivered, since this day. Default: the last run's day.")
    ] = None,
    only_new: Annotated[bool, typer.Option("--new", help="Leave out what an earlier export held.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write approved drafts as purchase orders, one file per supplier. Nothing is sent, and no decision changes."""
    from cli.desk import open_desk, parse_date
    from forecasting.replenishment.purchase_orders import purchase_orders
    from retail.operational import exports

    with open_desk(of(context)) as desk:
        exports.must_be_allowed(desk.principal)
        wanted = _supplier_id(desk, supplier)
        before = exports.exported(desk.engine)
        approvals = [
            made
            for made in desk.decisions.approvals(parse_date(since, "--since") or desk.today)
            if desk.principal.may_act_on(made.store_id)
            and (supplier is None or made.supplier_id == wanted)
            and not (only_new and made.decision_id in before)
        ]
        orders = [_write(desk, order, form, out, before) for order in purchase_orders(approvals, desk.store_names)]
    if as_json:
        print_json({"orders": orders})
        return
    for order in orders:
        print_line(f"{order['file']}: {order['lines']} lines for {order['supplier']}")
        if order["exported_before"]:
            print_note(f"  {len(order['exported_before'])} of them were in an export before; --new leaves them out.")
    if not orders:
        print_note("Nothing to export: no approved draft is left. Approve some with `tillsight reorder approve`.")


def _standing(desk: Desk, state: DraftState | None) -> list[Row]:
    """Drafts of the last run with how they stand; asked for decided ones, those of earlier runs too."""
    from cli.desk import as_draft
    from retail.operational.decisions import quantity_of, state_of

    rows = list(desk.drafts.values())
    if state in {DraftState.APPROVED, DraftState.REJECTED, DraftState.SNOOZED}:
        rows += [as_draft(made) for key, made in desk.latest.items() if key not in desk.drafts]
    shown = []
    for row in rows:
        made = desk.latest.get(row["draft_id"])
        quantity = quantity_of(made, row["order_quantity"], row["kind"])
        stands = {
            "state": state_of(made, desk.today),
            "order_quantity": quantity,
            "quantity": quantity,
            "proposed_quantity": row["order_quantity"],
        }
        if row["kind"] == "order" and row.get("unit_cost") is not None and "order_amount" in row:
            stands["order_amount"] = round(quantity * row["unit_cost"], 2)
        promised = {name: row.get(name) for name in ("stockout_risk", "reasons")}  # not every role may see them
        shown.append({**row, **promised, **stands, "decision": made and _described(made)})
    return shown


def _decide(context: typer.Context, draft_ids: list[str], action: DecisionAction, as_json: bool, **wish: Any) -> None:
    """Decide on drafts one by one; one that fails stops none of the others, and the first failure's status is given."""
    from cli.desk import open_desk

    results: list[dict[str, object]] = []
    failures: list[TillsightError] = []
    with open_desk(of(context)) as desk:
        for draft_id in dict.fromkeys(draft_ids):
            try:
                made = desk.decisions.decide(desk.principal, desk.draft(draft_id), action, today=desk.today, **wish)
                results.append(_described(made))
            except TillsightError as error:
                if len(draft_ids) == 1:
                    raise
                failures.append(error)
                code = getattr(error, "reason", error.code)
                results.append({"draft_id": draft_id, "error": {"code": code, "message": str(error)}})
    if as_json:
        print_json({"decisions": results})
    else:
        for result in results:
            told = result.get("error")
            print_line(f"{result['draft_id']}  " + (told["message"] if isinstance(told, dict) else _told(result)))
    if failures:
        raise typer.Exit(failures[0].exit_status)


def _told(result: dict[str, object]) -> str:
    until = f" until {result['snooze_until']}" if result["snooze_until"] else ""
    return f"{result['state']}{until}: {result['quantity']:g} × {result['product'] or result['sku']}"


def _described(made: Decision) -> dict[str, object]:
    return {
        "decision_id": made.decision_id,
        "draft_id": made.draft_id,
        "action": made.action,
        "state": made.state,
        "quantity_before": made.quantity_before,
        "quantity": made.quantity_after,
        "reason": made.reason,
        "snooze_until": made.snooze_until,
        "user": made.user,
        "role": made.role,
        "decided_at": made.decided_at,
        "sku": made.sku,
        "product": made.product,
        "store_id": made.store_id,
    }


def _supplier_id(desk: Desk, supplier: str | None) -> str | None:
    if supplier is None or supplier.casefold() == NO_SUPPLIER:
        return None
    return desk.names.suppliers.find(supplier)


def _write(desk: Desk, order: Any, form: FileForm, out: Path, before: dict[str, str]) -> dict[str, Any]:
    from forecasting.replenishment.purchase_orders import to_csv, to_pdf
    from retail.operational.exports import record_export

    content = to_csv(order) if form is FileForm.CSV else to_pdf(order, desk.shop)
    ids = [line.decision_id for line in order.lines]
    path = out / f"{order.file_stem}.{form}"
    unfinished = path.with_name(f".{path.name}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.write_bytes(content)
            record_export(desk.engine, desk.principal, order.number, order.supplier_id, ids, form.value)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise UnusableRequest(f"{path} cannot be written: {error}. Choose another folder with --out.") from error
    return {
        "number": order.number,
        "supplier_id": order.supplier_id,
        "supplier": order.supplier,
        "file": path,
        "lines": len(order.lines),
        "units": order.units,
        "amounts": order.amounts,
        "exported_before": {key: before[key] for key in ids if key in before},
    }
