"""Terms of suppliers from a CSV file: what it would set is shown first, or every line that is wrong."""

from __future__ import annotations

from contextlib import closing
from typing import Final

import streamlit as st

from app import components, formats, term_editor
from app.data import Shop, records
from metrics import Column
from retail.errors import TillsightError
from retail.operational.term_files import SCOPE_COLUMNS, TERM_COLUMNS, KnownNames, Names, TermFileError, read_terms
from retail.operational.terms import TermOverride, TermOverrides

_UPLOAD: Final = "term_upload"


def show(shop: Shop) -> None:
    """Draw the upload, the preview, and the button that sets it all."""
    if not shop.principal.may_decide:
        components.empty(f"The role {shop.principal.role.value} looks on; a manager or an admin imports terms.")
        return
    st.caption(
        "One row per supplier, product or store, in any mix; an empty cell leaves its term alone. Nothing is set "
        "unless every row is fine, and not before you have seen what would be."
    )
    header = (*SCOPE_COLUMNS, *(field.value for field in TERM_COLUMNS))
    st.download_button(
        "Empty template",
        data=formats.csv_bytes(header, []),
        file_name="terms.csv",
        mime="text/csv",
        on_click="ignore",
        key="term_template",
        type="tertiary",
    )
    uploaded = st.file_uploader("CSV file", type=["csv"], key=_UPLOAD, label_visibility="collapsed")
    if uploaded is not None:
        _preview(shop, uploaded.getvalue())


def known_names(shop: Shop) -> KnownNames:
    """What a file may call suppliers, products and stores: names, codes and ids."""
    suppliers = records(shop.rows("dim_suppliers", ("supplier_id", "supplier")))
    products = records(shop.rows("dim_products", ("product_id", "product", "sku")))
    stores = records(shop.rows("dim_stores", ("store_id", "store", "store_code")))
    return KnownNames(
        Names("supplier", ((row["supplier"], str(row["supplier_id"])) for row in suppliers)),
        Names("product", ((row[name], str(row["product_id"])) for row in products for name in ("product", "sku"))),
        Names("store", ((row[name], str(row["store_id"])) for row in stores for name in ("store", "store_code"))),
    )


def _preview(shop: Shop, content: bytes) -> None:
    try:
        overrides = read_terms(content, known_names(shop))
    except TermFileError as error:
        _problems(shop, error)
        return
    if not overrides:
        components.empty("The file sets nothing: all its cells are empty.")
        return
    rows = [
        {
            "term": term_editor.LABELS[override.field],
            "value": override.value,
            "scope": term_editor.scope(shop, override),
        }
        for override in overrides
    ]
    columns = (
        Column("scope", "For", "text", "column"),
        Column("term", "Term", "text", "column"),
        Column("value", "Value", "text", "column"),
    )
    components.table(rows, columns, shop.currency, "term-preview", alt="Terms that the file would set")
    st.button(
        f"Set {formats.count(len(overrides), 'term')}",
        type="primary",
        key="term_import",
        on_click=_import,
        args=(shop, overrides),
    )


def _problems(shop: Shop, error: TermFileError) -> None:
    st.error("Nothing was set. Mend these lines and upload the file again.")
    rows = [{"line": problem.line, "message": problem.message} for problem in error.problems]
    columns = (Column("line", "Line", "count", "column"), Column("message", "What is wrong", "text", "column"))
    components.table(rows, columns, shop.currency, "term-problems", alt="Lines of the file that are wrong")


def _import(shop: Shop, overrides: list[TermOverride]) -> None:
    try:
        with closing(TermOverrides.of(shop.workspace, shop.settings)) as store:
            done = store.set_many(term_editor.acting(shop), overrides)
    except TillsightError as error:
        term_editor.note(str(error), is_done=False)
    else:
        term_editor.note(f"{formats.count(len(done), 'term')} set, from the next run on.", is_done=True)
