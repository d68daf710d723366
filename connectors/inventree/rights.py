"""What the user of the token may see, and what it could change but should not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.inventree.tables import LISTINGS, Listing


class Rights:
    """What `/api/user/roles/` says of the user.

    Args:
        roles: The answer.
    """

    def __init__(self, roles: Mapping[str, Any]) -> None:
        self.user = str(roles.get("username") or "the user of the token")
        self._is_superuser = bool(roles.get("is_superuser"))
        permissions = roles.get("permissions")
        self._permissions: Mapping[str, Any] = permissions if isinstance(permissions, dict) else {}

    def may_read(self, listing: Listing) -> bool:
        """Whether the user may view it."""
        return self._is_superuser or "view" in self._actions(listing)

    def changes(self) -> list[str]:
        """Roles by which the user could change what is read: more than this connector needs."""
        if self._is_superuser:
            return ["superuser"]
        return sorted({listing.role for listing in LISTINGS if self._actions(listing) - {"view"}})

    def _actions(self, listing: Listing) -> set[str]:
        return set(self._permissions.get(listing.right) or ())
