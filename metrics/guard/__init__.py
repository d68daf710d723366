"""The guard: nothing reaches the database that is not one SELECT over what the principal may read.

Every path goes through `check`, compiled queries too. Each step lets through what it knows and refuses the rest.
"""

from __future__ import annotations

from metrics.guard.checks import Guarded, check
from metrics.guard.limits import COMPILED, FREE_SQL, Limits

__all__ = ["COMPILED", "FREE_SQL", "Guarded", "Limits", "check"]
