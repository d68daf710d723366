"""What a load has to read: files whose content or rules are new, and those that such a change touches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.files.discover import FoundFile
from connectors.warehouse import LoadedFile


@dataclass(slots=True)
class TablePlan:
    """What happens to one table.

    Attributes:
        read: Files to read: first those that are loaded already, then the others, both in the order of their names.
        together: How many of these go in by one delivery, and with `gone`: rows move between files that are loaded.
        gone: Files whose rows go without others coming: their content is now that of another file.
        unchanged: Files that are skipped.
        duplicates: File to the file that has the same content and is loaded.
        replaces_loaded: Whether a file that was loaded before changes, so that rows may come back in others.
    """

    read: list[FoundFile] = field(default_factory=list)
    together: int = 0
    gone: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    replaces_loaded: bool = False

    @property
    def replaced(self) -> list[str]:
        """Files whose rows in the warehouse are replaced."""
        return [file.name for file in self.read] + self.gone


def plan_table(
    files: Sequence[FoundFile],
    fingerprints: Mapping[str, str],
    loaded: Mapping[str, LoadedFile],
    again: Collection[str],
) -> TablePlan:
    """Compare the files of one table with what is loaded.

    The same content under several names is loaded once: under the name that it is loaded by already, else under the
    first. A file that is gone from the folder keeps its rows.

    Args:
        files: Files that feed the table, in the order of their names.
        fingerprints: Of each of these files.
        loaded: What the warehouse holds, by file.
        again: Files to read whatever their fingerprint.
    """
    plan = TablePlan()
    holders = {
        entry.fingerprint: name
        for name, entry in loaded.items()
        if fingerprints.get(name, entry.fingerprint) == entry.fingerprint
    }
    for file in files:
        current = fingerprints[file.name]
        holder = holders.get(current)
        if holder == file.name and file.name not in again:
            plan.unchanged.append(file.name)
        elif holder is None or holder == file.name:
            holders[current] = file.name
            plan.read.append(file)
        else:
            plan.unchanged.append(file.name)
            plan.duplicates[file.name] = holder
            if file.name in loaded:
                plan.gone.append(file.name)
    plan.replaces_loaded = any(name in loaded for name in plan.replaced)
    plan.read.sort(key=lambda file: file.name not in loaded)
    plan.together = sum(file.name in loaded for file in plan.read)
    return plan
