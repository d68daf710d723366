"""An InvenTree server as the engine sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.contacts import contact_hasher
from connectors.incremental import Capability, Source, TableReader
from connectors.inventree.capabilities import capabilities_of
from connectors.inventree.client import InvenTreeClient
from connectors.inventree.look import Look, log_in, look_around
from connectors.inventree.readers import readers_of
from connectors.inventree.settings import InvenTreeSource
from connectors.inventree.tables import LISTINGS
from retail.errors import SourceError
from retail.settings import Settings
from retail.workspace import Workspace


class InvenTree:
    """A server that is logged in to.

    Args:
        client: Asks it.
        readers: One per raw table.
        capabilities: What it has.
    """

    def __init__(
        self, client: InvenTreeClient, readers: Sequence[TableReader], capabilities: Mapping[str, Capability]
    ) -> None:
        self._client = client
        self._readers = readers
        self._capabilities = capabilities

    @property
    def readers(self) -> Sequence[TableReader]:
        """One per raw table, in reading order."""
        return self._readers

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """What it has of the retail model."""
        return self._capabilities

    def close(self) -> None:
        """Close the connections; a token has no session to end."""
        self._client.close()


def open_source(source: InvenTreeSource, workspace: Workspace, settings: Settings) -> Source:
    """Log in and look around.

    Raises:
        ConfigurationError: There is no token, or no InvenTree at the address.
        SourceError: It does not answer, does not accept the token, or does not let its user view parts and stock.
    """
    client = log_in(source, workspace, settings)
    try:
        look = look_around(client)
        _require_essentials(client, look)
        server = {
            "id": 1,
            "version": look.version,
            "api_version": look.api_version,
            "base_currency": look.base_currency,
            "time_zone": source.time_zone or workspace.describe().default_time_zone,
        }
        readers = readers_of(client, look, server, contact_hasher(workspace), store_contacts=source.store_contacts)
    except BaseException:
        client.close()
        raise
    return InvenTree(client, readers, capabilities_of(look.rights))


def _require_essentials(client: InvenTreeClient, look: Look) -> None:
    missing = [listing for listing in LISTINGS if listing.is_essential and not look.rights.may_read(listing)]
    if missing:
        raise SourceError(
            f"{client.source}: {', '.join(listing.table.read_from for listing in missing)}: {look.rights.user} may not "
            f"view them. Give one of its groups the roles {', '.join(listing.role for listing in missing)}, view only."
        )
