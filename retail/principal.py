"""Who is asking: passed through every metric, page and decision."""

from __future__ import annotations

from dataclasses import dataclass

from retail.vocabulary import Role


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


LOCAL = Principal(user="local", role=Role.SUPERADMIN)
"""The one user there is until sign-in exists: whoever sits at this machine."""
