"""The Odoo connector (docs/connect/odoo.md): versions 14 to 19, read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.checkup import Checkup
    from connectors.incremental import Source
    from connectors.odoo.settings import OdooSource
    from retail.settings import Settings
    from retail.workspace import Workspace

__all__ = ["check", "open_source"]


def open_source(source: OdooSource, workspace: Workspace, settings: Settings) -> Source:
    """Log in and find out what the database has (`connectors.odoo.source.open_source`).

    Raises:
        ConfigurationError: The settings are wrong, or there is no key.
        SourceError: The server cannot be reached, refuses the login, or lacks what everything rests on.
    """
    # Imported here, so that reading `sources.yaml` does not import what talks to servers.
    from connectors.odoo import source as module

    return module.open_source(source, workspace, settings)


def check(source: OdooSource, workspace: Workspace, settings: Settings) -> Checkup:
    """Say what is there and what is missing (`connectors.odoo.source.check`).

    Raises:
        ConfigurationError: The settings are wrong, or there is no key.
    """
    from connectors.odoo import source as module

    return module.check(source, workspace, settings)
