"""What `tillsight connect files` proposes for files that nobody described."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.files.propose import Answers
from connectors.files.suggest import Suggestion, suggest
from retail.errors import SourceError
from tests.contract.files.workbooks import xlsx

if TYPE_CHECKING:
    from tests.contract.files.conftest import Shop

EXPORTS = {
    "german": (
        "Belegnr;Datum;Uhrzeit;Filiale;Artikelnummer;Bezeichnung;Menge;Einzelpreis;Umsatz netto\n"
        + "".join(f"B{d};{d:02}.05.2025;10:00;Süd;A1;Käse;2;1,50;3,00\n" for d in range(1, 29))
    ),
    "french": (
        "N° ticket;Date et heure;Magasin;Code article;Désignation;Quantité;Prix unitaire;Montant HT\n"
        + "".join(f"B{d};{d:02}/05/2025 10:00;Süd;A1;Käse;2;1,50;3,00\n" for d in range(1, 29))
    ),
    "spanish": (
        "Nº factura;Fecha y hora;Tienda;Código artículo;Descripción;Unidades vendidas;Precio unitario;Base imponible\n"
        + "".join(f"B{d};{d}/5/2025 10:00;Süd;A1;Käse;2;1,50;3,00\n" for d in range(1, 29))
    ),
    "dutch": (
        "Bonnummer\tDatum\tTijd\tWinkel\tArtikelnummer\tOmschrijving\tAantal\tStukprijs\tBedrag excl. BTW\n"
        + "".join(f"B{d}\t{d:02}-05-2025\t10:00\tSüd\tA1\tKäse\t2\t1,50\t3,00\n" for d in range(1, 29))
    ),
    "italian": (
        "Numero scontrino;Data vendita;Ora;Negozio;Codice articolo;Descrizione articolo;Quantità;Prezzo;Imponibile\n"
        + "".join(f"B{d};{d:02}/05/2025;10:00;Süd;A1;Käse;2;1,50;3,00\n" for d in range(1, 29))
    ),
    "portuguese": (
        "Fatura;Data e hora;Loja;Código produto;Produto;Quantidade;Preço unitário;Total líquido\n"
        + "".join(f"B{d};{d:02}/05/2025 10:00;Süd;A1;Käse;2;1,50;3,00\n" for d in range(1, 29))
    ),
    "english": (
        "Receipt No,Sale Date,Store,Item Code,Item Name,Qty,Unit Price,Net Sales\n"
        + "".join(f"B{d},5/{d}/2025 10:00:00 AM,Süd,A1,Käse,2,1.50,$3.00\n" for d in range(1, 29))
    ),
}


def proposed(shop: Shop, **given: str) -> Suggestion:
    return suggest(shop.source, shop.workspace.incoming, Answers(given), None)


@pytest.fixture
def connected(make_shop: Callable[..., Shop]) -> Callable[..., Shop]:
    """A shop that is loaded by what is proposed for a file."""

    def connect(name: str, content: bytes, **given: str) -> Shop:
        shop = make_shop(mapping=Path("mapping.yaml"))
        shop.write(name, content)
        suggestion = proposed(shop, **given)
        assert suggestion.questions == []
        assert suggestion.text is not None
        (shop.workspace.root / "mapping.yaml").write_text(suggestion.text)
        shop.load()
        return shop

    return connect


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16"])
@pytest.mark.parametrize("language", EXPORTS)
def test_a_till_export_is_understood_in_seven_languages(
    connected: Callable[..., Shop], language: str, encoding: str
) -> None:
    shop = connected(f"export {language}.csv", EXPORTS[language].encode(encoding))
    assert shop.rows(
        "SELECT count(*), min(sold_at), max(sold_at), sum(quantity), sum(net_amount), min(unit_price), min(store_id),"
        " count(DISTINCT sale_id) FROM raw_files.sale_lines"
    ) == [
        (
            28,
            datetime(2025, 5, 1, 8, tzinfo=UTC),
            datetime(2025, 5, 28, 8, tzinfo=UTC),
            Decimal(56),
            Decimal(84),
            Decimal("1.5"),
            "Süd",
            28,
        )
    ]
    assert shop.rows("SELECT product_id, name FROM raw_files.products") == [("A1", "Käse")]


AMBIGUOUS_DATES = "date,item code,qty,net\n" + "".join(f"0{d}/05/2025,A1,1,2.50\n" for d in range(1, 7))


def test_dates_that_fit_both_orders_are_asked_about(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("till.csv", AMBIGUOUS_DATES)
    (question,) = proposed(shop).questions
    assert (question.option, set(question.choices)) == ("--date-order", {"dmy", "mdy"})
    assert "date (01/05/2025, 02/05/2025" in question.text


@pytest.mark.parametrize(("order", "last"), [("dmy", (2025, 5, 6)), ("mdy", (2025, 6, 5))])
def test_the_answer_decides_how_dates_are_read(
    connected: Callable[..., Shop], order: str, last: tuple[int, int, int]
) -> None:
    shop = connected("till.csv", AMBIGUOUS_DATES.encode(), date_order=order)
    assert shop.rows("SELECT max(timezone('Europe/Paris', sold_at))::DATE FROM raw_files.sale_lines") == [
        (datetime(*last).date(),)  # noqa: DTZ001 (a day)
    ]


def test_one_late_value_settles_the_order_of_all(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("till.csv", AMBIGUOUS_DATES * 1 + "01/05/2025,A1,1,2\n" * 5000 + "13/05/2025,A1,1,2\n")
    suggestion = proposed(shop)
    assert suggestion.questions == []
    assert "date_order: dmy" in str(suggestion.text)


def test_numbers_that_fit_both_marks_are_asked_about_unless_another_column_tells(
    make_shop: Callable[..., Shop],
) -> None:
    shop = make_shop()
    shop.write("till.csv", "date;item code;qty;net\n2025-05-13;A1;1;1.234\n")
    (question,) = proposed(shop).questions
    assert question.option == "--decimal"
    shop.write("till.csv", "date;item code;qty;net\n2025-05-13;A1;1,5;1.234\n")
    suggestion = proposed(shop)
    assert suggestion.questions == []
    assert "decimal: ','" in str(suggestion.text)


def test_codes_that_look_like_numbers_are_no_numbers(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("till.csv", "date,item code,qty,net\n2025-05-13,1.234,1,2.50\n2025-05-13,A1,1,2.50\n")
    suggestion = proposed(shop)
    assert suggestion.questions == []
    assert "decimal" not in str(suggestion.text)


def test_a_file_of_the_template_needs_no_mapping(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.sale_lines("sale_lines.csv", "T1,S1,P1,2025-05-01 10:00,1.250,9.125")
    assert proposed(shop).document is None


def test_a_file_of_the_template_that_is_written_another_way_gets_a_mapping_that_says_so(
    connected: Callable[..., Shop],
) -> None:
    content = "sale_id;store;product_id;sold_at;quantity;net\nT1;S1;P1;13.05.2025 10:00;1;1.234,50\n"
    shop = connected("sale_lines.csv", content.encode())
    assert shop.rows("SELECT store_id, net_amount FROM raw_files.sale_lines") == [("S1", Decimal("1234.5"))]


def test_a_file_named_after_a_table_that_lacks_its_columns_is_refused(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("sale_lines.csv", "store,product,name,price\nS1,P1,Tea,2\n")
    with pytest.raises(SourceError, match="has no column sold_at, quantity"):
        proposed(shop)


def test_what_nobody_can_place_is_said_with_what_is_missing(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("export.csv", "when,what,how many\n2025-05-01,Tea,2\n")
    (question,) = proposed(shop).questions
    assert question.setting == "columns"
    assert "product_id" in question.text


def test_a_file_that_nobody_can_place_beside_one_that_is_clear_is_left_out(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("export german.csv", EXPORTS["german"])
    shop.write("holidays.csv", "day off,reason\nmonday,none\n")
    suggestion = proposed(shop)
    assert suggestion.questions == []
    assert set(suggestion.ignored) == {"holidays.csv"}


def test_exports_of_one_kind_share_a_pattern(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    for month in ("2025-03", "2025-04"):
        shop.write(f"till {month}.csv", EXPORTS["german"])
    document = proposed(shop).document
    assert document is not None
    assert [entry["pattern"] for entry in document["files"]] == ["till *.csv"]  # type: ignore[attr-defined]


def test_stock_and_product_lists_are_told_from_sales(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("articles.csv", "Référence;Désignation;Code barre;Prix de vente\nA1;Thé;4006381333931;2,50\n")
    shop.write("bestand.xlsx", xlsx({"Blatt1": [("Filiale", "Artikelnummer", "Bestand"), ("S1", "A1", 4)]}))
    document = proposed(shop).document
    assert document is not None
    assert {entry["pattern"]: list(entry["tables"]) for entry in document["files"]} == {  # type: ignore[attr-defined]
        "articles.csv": ["products"],
        "bestand.xlsx": ["stock_levels"],
    }


def test_headers_that_say_nothing_are_placed_by_their_values_and_said(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.write("till.csv", "a,item code,n,m\n2025-05-01 10:00,A1,2,3.50\n2025-05-01 11:00,A1,1,1.75\n")
    suggestion = proposed(shop)
    notes = " ".join(suggestion.notes["till.csv"])
    assert "a is taken for the moment" in notes
    assert "n is taken for the quantity" in notes
    assert "m is taken for the amount" in notes
