"""The documentation of the settings is the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from retail.errors import ConfigurationError
from retail.settings import SECRETS_FOLDER, Settings

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


def test_stores_are_a_list_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLSIGHT_APP_STORES", '["S1", "S2"]')
    assert Settings().app_stores == ("S1", "S2")


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    (folder / "TILLSIGHT_OPERATIONAL_URL").write_text("postgresql://till:secret@localhost/shop\n")
    monkeypatch.setenv(SECRETS_FOLDER, str(folder))
    return folder


def test_a_secret_comes_from_a_file_unless_the_environment_has_it(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().operational_url == SecretStr("postgresql://till:secret@localhost/shop")
    monkeypatch.setenv("TILLSIGHT_OPERATIONAL_URL", "sqlite://")
    assert Settings().operational_url == SecretStr("sqlite://")


def test_a_secrets_folder_that_others_may_read_or_that_is_missing_is_refused(secrets: Path) -> None:
    secrets.chmod(0o750)
    with pytest.raises(ConfigurationError, match="chmod 700"):
        Settings()
    secrets.rename(secrets.with_name("moved"))
    with pytest.raises(ConfigurationError, match="there is no folder"):
        Settings()
