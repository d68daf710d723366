"""What `sources.yaml` may say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors import read_sources
from connectors.files.settings import FilesSource
from retail.errors import ConfigurationError
from retail.workspace import Workspace


def test_sources_are_read_in_order_with_defaults(make_workspace: Callable[..., Workspace]) -> None:
    workspace = make_workspace()
    workspace.sources.write_text("sources:\n  - type: files\n    mapping: till.yaml\n")
    assert read_sources(workspace) == [FilesSource(type="files", path=Path("incoming"), mapping=Path("till.yaml"))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "sources: there must be a list of at least one source"),
        ("sources: []", "sources: there must be a list of at least one source"),
        ("sources:\n  - files\n", "sources[0].type: None is no type of source (known: erpnext, files, "),
        ("sources:\n  - type: filez\n", "sources[0].type: 'filez' is no type of source (known: erpnext, files, "),
        ("sources:\n  - type: files\n    paht: x\n", "sources[0].paht: extra inputs are not permitted"),
        ("sources:\n  - type: files\n    delimiter: ';;'\n", "sources[0].delimiter: string should have at most 1"),
        ("sources:\n  - type: files\n  - type: files\n", "sources: files is there twice"),
        ("sources: [", "is not YAML"),
    ],
)
def test_a_wrong_configuration_is_said_with_file_and_key(
    make_workspace: Callable[..., Workspace], content: str, said: str
) -> None:
    workspace = make_workspace()
    workspace.sources.write_text(content)
    with pytest.raises(ConfigurationError) as raised:
        read_sources(workspace)
    assert str(workspace.sources) in str(raised.value)
    assert said in str(raised.value)


def test_a_missing_configuration_is_said(make_workspace: Callable[..., Workspace]) -> None:
    with pytest.raises(ConfigurationError, match=r"sources\.yaml cannot be read"):
        read_sources(make_workspace())
