"""What terms may be, which one holds, and files of them."""

from __future__ import annotations

import itertools

import pytest

from retail.errors import UnusableRequest
from retail.operational.term_fields import TermField, TermValue, read_value, write_value
from retail.operational.term_files import KnownNames, Names, TermFileError, read_terms
from retail.operational.terms import TermIndex, TermOverride, checked, resolve

KNOWN = KnownNames(
    suppliers=Names("supplier", [("Dairy Direct", "files:V1"), ("Corner", "files:V2"), ("Corner", "files:V3")]),
    products=Names("product", [("MILK-1", "files:P1"), ("Milk", "files:P1")]),
    stores=Names("store", [("S1", "files:S1")]),
)


@pytest.mark.parametrize(
    ("field", "text", "value", "written"),
    [
        (TermField.LEAD_TIME_DAYS, " 2.50 ", 2.5, "2.5"),
        (TermField.LEAD_TIME_DAYS, "0", 0, "0"),
        (TermField.ORDER_DAYS, "Thursday; mon", (0, 3), "mon,thu"),
        (TermField.ORDER_DAYS, "sun,sun", (6,), "sun"),
        (TermField.ORDER_DAYS, "Tues, thurs.", (1, 3), "tue,thu"),
        (TermField.REVIEW_PERIOD_DAYS, "14", 14, "14"),
        (TermField.SERVICE_LEVEL, "95%", 0.95, "0.95"),
        (TermField.SUPPLIER_MINIMUM_AMOUNT, "1234567.89", 1234567.89, "1234567.89"),
        (TermField.SUPPLIER_ID, "odoo:7", "odoo:7", "odoo:7"),
    ],
)
def test_a_term_is_read_and_written_in_one_way(field: TermField, text: str, value: TermValue, written: str) -> None:
    assert read_value(field, text) == value
    assert write_value(value) == written
    assert read_value(field, written) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (TermField.LEAD_TIME_DAYS, "-1"),
        (TermField.LEAD_TIME_DAYS, "nan"),
        (TermField.LEAD_TIME_DAYS, "inf"),
        (TermField.LEAD_TIME_DAYS, "a week"),
        (TermField.LEAD_TIME_DAYS, ""),
        (TermField.ORDER_DAYS, ""),
        (TermField.ORDER_DAYS, "mon,holiday"),
        (TermField.ORDER_DAYS, "mon-fri"),
        (TermField.ORDER_DAYS, "monthly"),
        (TermField.ORDER_DAYS, "t"),
        (TermField.REVIEW_PERIOD_DAYS, "1.5"),
        (TermField.REVIEW_PERIOD_DAYS, "0"),
        (TermField.PACK_SIZE, "0"),
        (TermField.MOQ, "5%"),
        (TermField.SERVICE_LEVEL, "95"),
        (TermField.SERVICE_LEVEL, "1"),
        (TermField.SUPPLIER_ID, "v" * 201),
    ],
)
def test_a_term_that_cannot_be_is_refused_by_name(field: TermField, text: str) -> None:
    with pytest.raises(UnusableRequest, match=f"{field.value} cannot be"):
        read_value(field, text)


@pytest.mark.parametrize(
    "override",
    [
        TermOverride(TermField.ORDER_DAYS, "mon", product_id="P"),
        TermOverride(TermField.SUPPLIER_MINIMUM_AMOUNT, "5", product_id="P"),
        TermOverride(TermField.SUPPLIER_ID, "V", supplier_id="U"),
    ],
)
def test_a_term_is_set_only_where_it_has_a_meaning(override: TermOverride) -> None:
    with pytest.raises(UnusableRequest, match="product"):
        checked(override)


def test_the_most_specific_term_holds() -> None:
    ranked = [
        TermOverride(TermField.MOQ, str(rank), *scope)
        for rank, scope in enumerate(
            [
                ("V", "P", "S"),
                (None, "P", "S"),
                ("V", "P", None),
                (None, "P", None),
                ("V", None, "S"),
                ("V", None, None),
                (None, None, "S"),
                (None, None, None),
            ]
        )
    ]
    for first, second in itertools.combinations(ranked, 2):
        assert resolve([second, first], "V", "P", "S", TermField.MOQ) == first
    assert resolve(ranked, "V", "Q", "T", TermField.MOQ) == ranked[5]
    assert resolve(ranked, None, None, None, TermField.MOQ) == ranked[7]
    assert TermIndex(ranked).find("V", "P", "S", TermField.PACK_SIZE) is None


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_as_spreadsheets_write_it(separator: str, mark: bytes) -> None:
    lines = [
        ["Supplier", "product", "store", "lead_time_days", "order_days", "pack_size"],
        ["dairy direct", "", "", "4", '"mon,thu"', ""],
        ["", "MILK-1", "s1", "", "", "6"],
        ["", "", "", "", "", ""],
        ["files:V2", "", "", "", "", "12"],
    ]
    content = mark + "\r\n".join(separator.join(cells) for cells in lines).encode()
    assert [(found.field.value, found.value, *found.scope) for found in read_terms(content, KNOWN)] == [
        ("lead_time_days", "4", "files:V1", None, None),
        ("order_days", "mon,thu", "files:V1", None, None),
        ("pack_size", "6", None, "files:P1", "files:S1"),
        ("pack_size", "12", "files:V2", None, None),
    ]


def test_every_line_that_is_wrong_is_told_by_its_number() -> None:
    content = (
        b'supplier,product,moq,order_days\nDairy Direct,,6,\n"Dairy\nDirect",,6,\nCorner,,6,\n'
        b",MILK-1,6,mon\nDairy Direct,,7,\nDairy Direct,,6\n,Milk,x,\n"
    )
    with pytest.raises(TermFileError) as raised:
        read_terms(content, KNOWN)
    assert [(problem.line, problem.message) for problem in raised.value.problems] == [
        (3, "There is no supplier 'Dairy\\nDirect'"),
        (5, "More than one supplier is called 'Corner': use one of files:V2, files:V3"),
        (6, "order_days goes with a supplier's whole order: leave the product out"),
        (7, "moq was 6 in line 2 already"),
        (8, "it has 3 cells, and the header 4"),
        (9, "moq cannot be 'x': it is no number"),
    ]
    assert "(and 1 more)" in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "at least one term is needed"),
        (b"supplier,product\n", "at least one term is needed"),
        (b"supplier,lead_time\n", "there is no column 'lead_time'"),
        (b"supplier,moq,MOQ\n", "'moq' is there twice"),
        (b"supplier,moq\nDairy Direct,6\nCaf\xe9,6\n", "line 3: the file is not UTF-8"),
        (b'supplier,moq\n"Dairy Direct,6\n', "cannot be read as CSV"),
        (b"x" * 10_000_001, "longer than"),
    ],
)
def test_a_file_that_is_no_file_of_terms_is_told_what_is_wrong(content: bytes, message: str) -> None:
    with pytest.raises(TermFileError, match=message):
        read_terms(content, KNOWN)
