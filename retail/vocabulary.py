"""The words that Python, SQL, YAML and the screen share (see docs/retail-model.md for what they mean)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person may do. Until sign-in exists the local user is `superadmin`."""

    SUPERADMIN = "superadmin"
    ADMIN = "admin"
    MANAGER = "manager"
    STAFF = "staff"
    ANALYST = "analyst"


QUANTILE_LEVELS: Final[tuple[float, ...]] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Quantile levels of every forecast, as floats."""

QUANTILE_COLUMNS: Final[tuple[str, ...]] = tuple(f"q{round(level * 100)}" for level in QUANTILE_LEVELS)
"""The same levels as table columns: q10 to q90."""

TOTAL_LEVELS: Final[tuple[float, ...]] = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
"""Quantile levels of demand added up over several days: up to the highest service level."""

TOTAL_COLUMNS: Final[tuple[str, ...]] = tuple(f"q{round(level * 100):02d}" for level in TOTAL_LEVELS)
"""The same levels as table columns: q05 to q99."""


class DraftState(StrEnum):
    """What people have made of a reorder draft. `changed` is open still, with another quantity."""

    OPEN = "open"
    CHANGED = "changed"
    APPROVED = "approved"
    REJECTED = "rejected"
    SNOOZED = "snoozed"


class DecisionAction(StrEnum):
    """What a person can do with a reorder draft."""

    APPROVE = "approve"
    CHANGE = "change"
    REJECT = "reject"
    SNOOZE = "snooze"


RAW_SCHEMA_PREFIX: Final = "raw_"
"""Schema of a source's loaded tables in the warehouse: raw_files, raw_odoo and so on."""

CONTROL_SCHEMA: Final = "raw_tillsight"
"""Schema of what the pipeline itself tells dbt: the table `workspace` (one row: as-of moment, reporting currency)."""

MARTS_SCHEMA: Final = "marts"
"""Schema of everything that is published. Nothing outside it reaches a reader."""

CATALOGUE: Final = "warehouse"
"""Catalogue name under which dbt built the tables and under which a reader attaches the serving file."""
