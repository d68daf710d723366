"""Opening and checking an Odoo database, as `tillsight` asks for it."""

from __future__ import annotations

from connectors.checkup import Checkup, Problem
from connectors.contacts import contact_hasher
from connectors.credentials import credential
from connectors.incremental import Source
from connectors.odoo.checking import look
from connectors.odoo.login import connect
from connectors.odoo.opened import open_database
from connectors.odoo.settings import OdooSource
from retail.errors import SourceError
from retail.settings import Settings
from retail.workspace import Workspace


def open_source(source: OdooSource, workspace: Workspace, settings: Settings) -> Source:
    """Log in to the database and find out what it has.

    Raises:
        ConfigurationError: The settings are wrong, or there is no key.
        SourceError: The server cannot be reached, refuses the login, or lacks what everything rests on.
    """
    client = connect(source, credential(workspace, settings, "odoo_api_key"))
    try:
        return open_database(client, source, contact_hasher(workspace), workspace.describe().default_time_zone)
    except SourceError:
        client.close()
        raise


def check(source: OdooSource, workspace: Workspace, settings: Settings) -> Checkup:
    """Log in and look around; what is wrong is among the problems.

    Raises:
        ConfigurationError: The settings are wrong, or there is no key.
    """
    try:
        client = connect(source, credential(workspace, settings, "odoo_api_key"))
    except SourceError as error:
        return _unusable(source, error)
    try:
        return look(client, source)
    except SourceError as error:
        return _unusable(source, error)
    finally:
        client.close()


def _unusable(source: OdooSource, error: SourceError) -> Checkup:
    remedy = "See docs/connect/odoo.md, where each message is listed with what to do."
    return Checkup("odoo", f"Odoo at {source.url}", problems=[Problem(str(error), remedy, is_fatal=True)])
