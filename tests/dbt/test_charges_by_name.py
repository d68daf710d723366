"""What keeps no stock is a charge if its name says so, in the languages of the shops that are read."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

MACRO = Path(__file__).parents[2] / "dbt_project" / "macros" / "names_a_charge.sql"


@pytest.mark.parametrize(
    ("name", "is_charge"),
    [
        ("Shipping", True),
        ("Delivery charge", True),
        ("Booking fee", True),
        ("Versandkosten DE", True),
        ("Bearbeitungsgebühr", True),
        ("Frais de port", True),
        ("Envío estándar", True),
        ("Verzendkosten", True),
        ("Coffee", False),
        ("Dog feeder assembly", False),
        ("Porter repair", False),
        ("SERVICE-MAHLEN Kaffee mahlen", False),
    ],
)
def test_a_charge_is_known_by_its_name(name: str, is_charge: bool) -> None:
    body = re.search(r"-%}\n(.*)\n{%- endmacro", MACRO.read_text(), re.DOTALL)
    assert body is not None
    condition = body[1].replace("{{ text }}", "name")
    assert duckdb.execute(f"select {condition} from (select ? as name)", [name]).fetchall() == [(is_charge,)]
