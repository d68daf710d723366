"""The documentation of the settings is the settings."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from retail.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "operate" / "settings.md"
ROOT = PAGE.parents[2]


def expected_rows() -> list[str]:
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default
        if default is None or isinstance(default, SecretStr) or default == ():
            shown = "unset"
        else:
            shown = f"`{str(default).removeprefix(f'{ROOT}/')}`"
        rows.append(f"| `TILLSIGHT_{name.upper()}` | {shown} | {field.description} |")
    return rows


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    documented = [line for line in PAGE.read_text().splitlines() if line.startswith("| `TILLSIGHT_")]
    assert documented == expected_rows()
