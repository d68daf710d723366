"""The InvenTree connector (docs/connect/inventree.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.checkup import Checkup
    from connectors.incremental import Source
    from connectors.inventree.settings import InvenTreeSource
    from retail.settings import Settings
    from retail.workspace import Workspace

__all__ = ["check", "open_source"]


def open_source(source: InvenTreeSource, workspace: Workspace, settings: Settings) -> Source:
    """Log in and look around (`connectors.inventree.source.open_source`).

    Raises:
        ConfigurationError: There is no token, or no InvenTree at the address.
        SourceError: It does not answer, does not accept the token, or does not let its user view parts and stock.
    """
    # Imported here, so that reading `sources.yaml` does not import what talks to servers.
    from connectors.inventree import source as module

    return module.open_source(source, workspace, settings)


def check(source: InvenTreeSource, workspace: Workspace, settings: Settings) -> Checkup:
    """Say what is there and what is missing (`connectors.inventree.check.check`).

    Raises:
        ConfigurationError: There is no token, or no InvenTree at the address.
        SourceError: It does not answer, or does not accept the token.
    """
    from connectors.inventree import checking as module

    return module.check(source, workspace, settings)
