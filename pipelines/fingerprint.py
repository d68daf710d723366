"""Fingerprints of files: has anything changed?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

CODE_SUFFIXES = frozenset({".py", ".sql", ".yml", ".yaml", ".csv", ".json", ".safetensors"})
GENERATED = frozenset({"__pycache__", "target", "logs", "dbt_packages"})


def code_fingerprint(
    folders: Sequence[Path], extra: Iterable[str] = (), suffixes: frozenset[str] = CODE_SUFFIXES
) -> str:
    """Fingerprint of the text of a program's files, those with these suffixes."""
    digest = hashlib.sha256("\n".join(extra).encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if path.suffix in suffixes and not GENERATED.intersection(relative.parts):
                digest.update(f"\n{folder.name}/{relative}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def stamps(files: Iterable[Path]) -> list[str]:
    """Name, size and time of change of each file that exists, in order of name."""
    found = []
    for path in sorted(files):
        try:
            status = path.stat()
        except OSError:  # gone since it was listed
            continue
        found.append(f"{path}:{status.st_size}:{status.st_mtime_ns}")
    return found
