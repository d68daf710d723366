"""`tillsight terms`: what people say of suppliers' terms where a source says nothing, or something else."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import of
from cli.output import print_json, print_line, print_note
from retail.errors import Refused, UnusableRequest
from retail.operational.term_fields import TermField

if TYPE_CHECKING:
    from cli.desk import Desk
    from retail.operational.terms import TermOverride

terms_app = typer.Typer(help="Terms of suppliers set by people.", rich_markup_mode=None, no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Field = Annotated[TermField, typer.Argument(metavar="TERM", help=", ".join(TermField))]
Supplier = Annotated[str | None, typer.Option(help="For this supplier: id or name.")]
Product = Annotated[str | None, typer.Option(help="For this product: id, SKU or name.")]
AtStore = Annotated[str | None, typer.Option("--at", help="In this store only: id, code or name.")]


@terms_app.command("list")
def list_terms(context: typer.Context, as_json: AsJson = False) -> None:
    """List the terms that people have set."""
    from cli.desk import open_desk
    from metrics.policy import sees_sensitive
    from retail.operational.terms import TermOverrides

    with open_desk(of(context)) as desk:
        if not sees_sensitive(desk.principal.role):
            raise Refused(f"The role {desk.principal.role.value} may not see the terms of suppliers.", "role")
        found = [
            override
            for override in TermOverrides(desk.engine).all()
            if override.store_id is None or desk.principal.may_act_on(override.store_id)
        ]
    if as_json:
        print_json({"terms": [_as_object(override) for override in found]})
        return
    for override in found:
        print_line(f"{_told(override)}, set by {override.set_by} on {override.set_at:%Y-%m-%d}")
    if not found:
        print_note("No term has been set: those of the sources hold, and the defaults of the settings.")


@terms_app.command("set")
def set_term(
    context: typer.Context,
    field: Field,
    value: Annotated[str, typer.Argument(help="Such as 7, 0.95 or mon,thu.")],
    supplier: Supplier = None,
    product: Product = None,
    at: AtStore = None,
    as_json: AsJson = False,
) -> None:
    """Set a term for a supplier, a product, a store, or what is named of them. The next run uses it."""
    from cli.desk import open_desk
    from retail.operational.terms import TermOverride, TermOverrides

    with open_desk(of(context)) as desk:
        if field is TermField.SUPPLIER_ID:
            value = desk.names.suppliers.find(value)
        override = TermOverride(field, value, *_scope(desk, supplier, product, at))
        made = TermOverrides(desk.engine).set(desk.principal, override)
    if as_json:
        print_json(_as_object(made))
        return
    print_line(f"{_told(made)}. The next run uses it.")


@terms_app.command("clear")
def clear_term(
    context: typer.Context,
    field: Field,
    supplier: Supplier = None,
    product: Product = None,
    at: AtStore = None,
) -> None:
    """Take a term away that was set, so that the source's holds again."""
    from cli.desk import open_desk
    from retail.operational.terms import TermOverrides

    with open_desk(of(context)) as desk:
        supplier_id, product_id, store_id = _scope(desk, supplier, product, at)
        was_set = TermOverrides(desk.engine).clear(
            desk.principal, field, supplier_id=supplier_id, product_id=product_id, store_id=store_id
        )
    print_line(f"{field.value} is cleared." if was_set else f"{field.value} was not set there.")


@terms_app.command("import")
def import_terms(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV: supplier, product, store, and a column per term.")],
    check: Annotated[bool, typer.Option("--check", help="Read and check it, and set nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Set the terms of a CSV file: every row, or none if one of them is wrong."""
    from cli.desk import open_desk
    from retail.operational.term_files import read_terms
    from retail.operational.terms import TermOverrides

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnusableRequest(f"{file} cannot be read: {error}.") from error
    with open_desk(of(context)) as desk:
        found = read_terms(content, desk.names)
        if not check:
            found = TermOverrides(desk.engine).set_many(desk.principal, found)
    if as_json:
        print_json({"terms": [_as_object(override) for override in found], "set": not check})
        return
    print_line(f"{len(found)} terms {'can be' if check else 'are'} set from {file}.")


def _scope(
    desk: Desk, supplier: str | None, product: str | None, store: str | None
) -> tuple[str | None, str | None, str | None]:
    return (
        desk.names.suppliers.find(supplier) if supplier else None,
        desk.names.products.find(product) if product else None,
        desk.names.stores.find(store) if store else None,
    )


def _told(override: TermOverride) -> str:
    parts = zip(("supplier", "product", "store"), override.scope, strict=True)
    scope = ", ".join(f"{name} {part}" for name, part in parts if part) or "everything"
    return f"{override.field.value} = {override.value} for {scope}"


def _as_object(override: TermOverride) -> dict[str, Any]:
    return asdict(override)
