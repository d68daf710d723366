"""Connecting foreign files: they are shown as they would be read, and written only if nothing is in doubt."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from connectors import read_sources
from connectors.files.settings import FilesSource
from retail.workspace import Workspace

Tillsight = Callable[..., subprocess.CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "contract" / "files" / "examples"
CONNECT = ("connect", "files", "till", "--currency", "eur", "--time-zone", "Europe/Berlin")
GERMAN = "Kassenbericht\n\nDatum;Filiale;Artikelnummer;Menge;Umsatz brutto\n" + "".join(
    f"{day:02}.05.2025 10:00;Süd;A{day};2;1.234,50\n" for day in range(1, 20)
)
DOUBTFUL = "date,item code,qty,net\n03/05/2025,A1,1,2.50\n"


@pytest.fixture
def till(tmp_path: Path) -> Path:
    folder = tmp_path / "till"
    folder.mkdir()
    return folder


def test_a_foreign_file_is_shown_and_its_mapping_written(tillsight: Tillsight, till: Path, tmp_path: Path) -> None:
    (till / "Umsatz 2025-05.csv").write_bytes((GERMAN + "kaputt;Süd;A1;2;1,00\n").encode("windows-1252"))
    answer = tillsight(*CONNECT)
    assert answer.returncode == 0, answer.stderr
    assert "sold_at            from Datum" in answer.stdout
    assert "date and time, day first" in answer.stdout
    assert "number, decimal comma" in answer.stdout
    assert "of the 20 rows, 19 accepted, 1 to quarantine" in answer.stdout
    assert "written in windows-1252" in answer.stderr
    workspace = Workspace(tmp_path / "home" / "main")
    (source,) = read_sources(workspace)
    assert isinstance(source, FilesSource)
    assert source.mapping == Path("mapping.yaml")
    (entry,) = yaml.safe_load((workspace.root / "mapping.yaml").read_text())["files"]
    read_as = {name: entry[name] for name in ("pattern", "encoding", "decimal", "date_order", "header_line")}
    assert read_as == {
        "pattern": "Umsatz *.csv",
        "encoding": "windows-1252",
        "decimal": ",",
        "date_order": "dmy",
        "header_line": 3,
    }


def test_the_preview_is_in_the_json(tillsight: Tillsight, till: Path) -> None:
    (till / "umsatz.csv").write_text(GERMAN)
    found = json.loads(tillsight(*CONNECT, "--json", "--yes").stdout)
    assert found["files"] == {"umsatz.csv": ["sale_lines"]}
    (table,) = found["preview"]
    assert (table["sampled"], table["accepted"], table["quarantined"], table["reasons"]) == (19, 19, 0, {})
    assert table["rows"][0]["gross_amount"] == 1234.5
    assert {"column": "quantity", "source": "Menge", "read_as": "number, decimal comma"} in table["columns"]
    assert found["mapping"].startswith("name:")


def test_what_is_in_doubt_is_not_guessed_but_asked_for_by_its_option(
    tillsight: Tillsight, till: Path, tmp_path: Path
) -> None:
    (till / "export.csv").write_text(DOUBTFUL)
    answer = tillsight(*CONNECT, "--yes")
    assert answer.returncode == 2
    assert "What comes first in date (03/05/2025)? Say --date-order dmy" in answer.stderr
    assert not (tmp_path / "home" / "main").exists()
    answer = tillsight(*CONNECT, "--yes", "--date-order", "mdy", "--json")
    assert json.loads(answer.stdout)["preview"][0]["rows"][0]["sold_at"].startswith("2025-03-04T23:00")


def test_a_single_file_is_connected(tillsight: Tillsight, till: Path, tmp_path: Path) -> None:
    (till / "umsatz.csv").write_text(GERMAN)
    answer = tillsight("connect", "files", "till/umsatz.csv", *CONNECT[3:])
    assert answer.returncode == 0, answer.stderr
    (source,) = read_sources(Workspace(tmp_path / "home" / "main"))
    assert isinstance(source, FilesSource)
    assert source.path == till / "umsatz.csv"


def test_a_preset_is_taken_by_its_columns(tillsight: Tillsight, till: Path) -> None:
    shutil.copy(EXAMPLES / "square_items.csv", till / "anything.csv")
    answer = tillsight(*CONNECT)
    assert answer.returncode == 0, answer.stderr
    assert "anything.csv: read by the preset square." in answer.stderr


def test_a_mapping_of_ones_own_goes_before_a_proposal(tillsight: Tillsight, till: Path, tmp_path: Path) -> None:
    (till / "umsatz.csv").write_text(GERMAN)
    mapping = {
        "name": "mine",
        "files": [
            {
                "pattern": "umsatz.csv",
                "tables": {"products": {"one_row_per_key": True, "columns": {"product_id": "Artikelnummer"}}},
            }
        ],
    }
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(mapping))
    answer = tillsight(*CONNECT, "--mapping", "mine.yaml", "--json")
    assert json.loads(answer.stdout)["files"] == {"umsatz.csv": ["products"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--preset", "lightspeed"), "There is no preset 'lightspeed'"),
        (("--decimal", "x"), "--decimal cannot be used"),
        (("--date-order", "ydm"), "--date-order cannot be used"),
        (("--encoding", "klingon"), "--encoding cannot be used"),
        (("--amounts", "some"), "--amounts is net or gross"),
        (("--mapping", "nowhere.yaml"), "there is no such file"),
        (("--preset", "square", "--mapping", "x"), "--mapping or --preset, not both"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    tillsight: Tillsight, till: Path, options: tuple[str, ...], message: str
) -> None:
    (till / "umsatz.csv").write_text(GERMAN)
    answer = tillsight(*CONNECT, *options)
    assert answer.returncode == 2
    assert message in answer.stderr


def test_files_of_which_no_row_can_be_read_are_not_connected(tillsight: Tillsight, till: Path, tmp_path: Path) -> None:
    (till / "sale_lines.csv").write_text("store,product,sold_at,quantity,net\nS1,P1,soon,1,2\n")
    answer = tillsight(*CONNECT)
    assert answer.returncode == 2
    assert "No row of sale_lines.csv could be loaded into sale_lines: sold_at is not a date and time" in answer.stderr
    assert not (tmp_path / "home" / "main").exists()


def test_contacts_are_not_shown_unless_they_may_be_stored(tillsight: Tillsight, till: Path) -> None:
    (till / "customers.csv").write_text("customer_id,name,email\nC1,Ada,ada@example.com\n")
    assert "Ada" not in tillsight(*CONNECT, "--json").stdout
    answer = tillsight(*CONNECT, "--store-contacts", TILLSIGHT_WORKSPACE="other")
    assert "Ada" in answer.stdout
