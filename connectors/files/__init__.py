"""The files connector: a folder of CSV and Parquet files into `raw_files` (docs/connect/files.md)."""

from __future__ import annotations

from connectors.files.load_folder import load

__all__ = ["load"]
