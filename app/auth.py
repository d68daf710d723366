"""Who is looking at a page. There is no sign-in yet: the settings say in which role and for which stores."""

from __future__ import annotations

from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.vocabulary import Role

ANALYSTS = frozenset({Role.ANALYST, Role.ADMIN, Role.SUPERADMIN})
"""Roles that may browse models and run SQL."""


def current_principal(settings: Settings) -> Principal:
    """The person that a page's numbers are for."""
    return Principal(user=LOCAL.user, role=settings.app_role, stores=settings.app_stores)


def may_analyse(principal: Principal) -> bool:
    """Whether the Analyst page is for this person."""
    return principal.role in ANALYSTS
