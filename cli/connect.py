"""`tillsight connect`: make a workspace for a real shop, or let another source join it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli.answers import Options
from cli.asking import checked_currency, checked_zone
from cli.connect_files import files
from cli.context import of

app = typer.Typer(help="Connect a source to a workspace.", rich_markup_mode=None)


@app.callback()
def connect() -> None:
    """Connect a source to a workspace."""


Currency = Annotated[
    str | None, typer.Option(help="ISO 4217 code to report in, such as EUR. Default: what the source says.")
]
TimeZone = Annotated[str | None, typer.Option(help="IANA name, such as Europe/Paris. Default: what the source says.")]
CaFile = Annotated[
    Path | None, typer.Option(help="Certificates to trust instead of the public ones, for a server with its own.")
]
StoreContacts = Annotated[
    bool | None,
    typer.Option(
        "--store-contacts/--no-store-contacts",
        help="Whether customers' names, e-mail addresses and telephone numbers are stored; else only a keyed hash.",
    ),
]
SecretStdin = Annotated[
    bool, typer.Option("--secret-stdin", help="Read the credential from standard input; two lines where there are two.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Ask for no confirmation, also for an update of what is connected.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")]


@app.command("odoo")
def odoo(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(help="Address, such as https://shop.odoo.com.")] = None,
    database: Annotated[str | None, typer.Option(help="Name of the database.")] = None,
    user: Annotated[str | None, typer.Option(help="Login of the user that reads.")] = None,
    ca_file: CaFile = None,
    currency: Currency = None,
    time_zone: TimeZone = None,
    store_contacts: StoreContacts = None,
    secret_stdin: SecretStdin = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Connect Odoo 14 to 19 with the API key of a user that may only read (docs/connect/odoo.md)."""
    values = {"url": url, "database": database, "user": user, "ca_file": ca_file}
    _connect(context, "odoo", Options(values, store_contacts, secret_stdin, yes, as_json, currency, time_zone))


@app.command("erpnext")
def erpnext(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(help="Address, such as https://shop.frappe.cloud.")] = None,
    ca_file: CaFile = None,
    currency: Currency = None,
    time_zone: TimeZone = None,
    store_contacts: StoreContacts = None,
    secret_stdin: SecretStdin = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Connect ERPNext 15 or later with the API key of a user that may only read (docs/connect/erpnext.md)."""
    values = {"url": url, "ca_file": ca_file}
    _connect(context, "erpnext", Options(values, store_contacts, secret_stdin, yes, as_json, currency, time_zone))


@app.command("ospos")
def ospos(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address of the MySQL or MariaDB server.")] = None,
    port: Annotated[int | None, typer.Option(help="Its port. Default: 3306.")] = None,
    database: Annotated[str | None, typer.Option(help="Name of the database. Default: ospos.")] = None,
    user: Annotated[str | None, typer.Option(help="Database user that may only SELECT. Default: tillsight.")] = None,
    table_prefix: Annotated[str | None, typer.Option(help="What names of tables begin with. Default: ospos_.")] = None,
    tls: Annotated[str | None, typer.Option(help="verify, or off. Default: verify, but off on this machine.")] = None,
    ca_file: CaFile = None,
    currency: Currency = None,
    time_zone: TimeZone = None,
    store_contacts: StoreContacts = None,
    secret_stdin: SecretStdin = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Connect Open Source Point of Sale 3.4 through its database (docs/connect/ospos.md)."""
    values = {
        "host": host,
        "port": port,
        "database": database,
        "user": user,
        "table_prefix": table_prefix,
        "tls": tls,
        "ca_file": ca_file,
    }
    _connect(context, "ospos", Options(values, store_contacts, secret_stdin, yes, as_json, currency, time_zone))


@app.command("inventree")
def inventree(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(help="Address, such as https://stock.example.")] = None,
    ca_file: CaFile = None,
    currency: Currency = None,
    time_zone: TimeZone = None,
    store_contacts: StoreContacts = None,
    secret_stdin: SecretStdin = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Connect InvenTree with an API token: stock and purchasing, it has no till (docs/connect/inventree.md)."""
    values = {"url": url, "ca_file": ca_file}
    _connect(context, "inventree", Options(values, store_contacts, secret_stdin, yes, as_json, currency, time_zone))


def _connect(context: typer.Context, source_type: str, options: Options) -> None:
    from cli.connect_system import connect_system

    connect_system(
        of(context),
        source_type,
        replace(
            options,
            currency=checked_currency(options.currency) if options.currency else None,
            time_zone=checked_zone(options.time_zone) if options.time_zone else None,
        ),
    )


app.command("files")(files)
