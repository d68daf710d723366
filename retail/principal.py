"""Who is asking: passed through every metric, page and decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from retail.vocabulary import Role

DECIDING_ROLES: Final = frozenset({Role.SUPERADMIN, Role.ADMIN, Role.MANAGER})
"""Who may decide on drafts and set terms; staff and analysts look on."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, their role, and the stores they may see.

    Attributes:
        user: Name that goes into the audit log.
        role: What they may do.
        stores: Store references (`files:S2`, `S2` or the store's name); empty means every store.
    """

    user: str
    role: Role
    stores: tuple[str, ...] = ()

    @property
    def sees_every_store(self) -> bool:
        """Whether no row is hidden by store."""
        return not self.stores

    @property
    def may_decide(self) -> bool:
        """Whether the role may decide on reorder drafts and set terms of suppliers."""
        return self.role in DECIDING_ROLES

    def may_act_on(self, store_id: str) -> bool:
        """Whether a store is theirs, by its id or its code. A name is not known here: give ids to whoever decides."""
        return self.sees_every_store or not {store_id, store_id.partition(":")[2]}.isdisjoint(self.stores)


LOCAL = Principal(user="local", role=Role.SUPERADMIN)
"""The one user there is until sign-in exists: whoever sits at this machine."""
