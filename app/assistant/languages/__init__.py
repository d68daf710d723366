"""Languages, a folder each: what people say (`lexicon.yaml`, `dates.yaml`) and what is answered (`texts/`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent
DEFAULT: Final = "en"


@lru_cache(maxsize=1)
def codes() -> tuple[str, ...]:
    """Languages that there are; English first."""
    found = sorted(path.parent.name for path in FOLDER.glob("*/lexicon.yaml"))
    return tuple(sorted(found, key=lambda code: code != DEFAULT))


@lru_cache(maxsize=64)
def load(code: str, part: str) -> Any:
    """A file of a language as YAML gives it, read once: `load("en", "lexicon")`."""
    return yaml.safe_load((FOLDER / code / f"{part}.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def texts(code: str) -> dict[str, str]:
    """Every template of a language by `<file>.<name>`: `metric.total` is `total` in `texts/metric.yaml`."""
    return {
        f"{path.stem}.{name}": str(template)
        for path in sorted((FOLDER / code / "texts").glob("*.yaml"))
        for name, template in (load(code, f"texts/{path.stem}") or {}).items()
    }
