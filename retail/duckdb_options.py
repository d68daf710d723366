"""Options that every DuckDB connection opened by this product carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OFFLINE: Final[Mapping[str, bool]] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
"""Never fetch or load an extension unasked. ICU, JSON and Parquet are part of the library and need neither."""
