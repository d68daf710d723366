"""`tillsight audit`: who did what, and whether the record of it is whole."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import of
from cli.output import print_json, print_line
from retail.errors import Refused

if TYPE_CHECKING:
    from retail.operational.audit import AuditEntry
    from retail.principal import Principal

audit_app = typer.Typer(help="The audit of decisions and terms.", rich_markup_mode=None, no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@audit_app.command("list")
def list_entries(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="Most entries, the newest first.")] = 100,
    subject: Annotated[str | None, typer.Option(help="Only about this, such as draft:0123456789abcdef.")] = None,
    as_json: AsJson = False,
) -> None:
    """List who did what, the newest first."""
    from retail.operational import audit
    from retail.operational.database import open_store

    command = of(context)
    _must_be_allowed(command.principal())
    engine = open_store(command.workspace(), command.settings)
    try:
        found = audit.entries(engine, limit=limit, subject=subject)
    finally:
        engine.dispose()
    if as_json:
        print_json({"entries": [_as_object(entry) for entry in found]})
        return
    for entry in found:
        print_line(
            f"{entry.sequence:6}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.actor} ({entry.role})  "
            f"{entry.action}  {entry.subject}"
        )


@audit_app.command("verify")
def verify_chain(
    context: typer.Context,
    head: Annotated[str | None, typer.Option(help="A head that was noted before: the chain must hold it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check every entry of the audit. Ends with status 1 if one was changed, removed, added or moved."""
    from retail.operational import audit
    from retail.operational.database import open_store

    command = of(context)
    engine = open_store(command.workspace(), command.settings)
    try:
        report = audit.verify(engine, known_head=head)
    finally:
        engine.dispose()
    if as_json:
        print_json(asdict(report))
    elif report.is_intact:
        print_line(f"{report.entries} entries, all as they were written. Head: {report.head}")
    else:
        print_line(f"The audit is broken from entry {report.first_broken} on: {report.problem}.")
    if not report.is_intact:
        raise typer.Exit(1)


def _must_be_allowed(principal: Principal) -> None:
    if not principal.may_decide or not principal.sees_every_store:
        raise Refused(
            "The audit tells of costs and of every store: it is for managers and admins who see all of them.", "role"
        )


def _as_object(entry: AuditEntry) -> dict[str, Any]:
    before, after = (json.loads(text) if text else None for text in (entry.before, entry.after))
    return {**asdict(entry), "before": before, "after": after}
