"""Analyst: what there is to ask (models, lineage, metrics), and guarded SQL to ask it with."""

from __future__ import annotations

import streamlit as st

from app import auth, components, formats, lineage, page, sql_editor
from app.chat import review
from app.data import Shop
from metrics import Column

_FIRST = "fct_sale_lines"


def render(shop: Shop) -> None:
    """Draw the page."""
    if not auth.may_analyse(shop.principal):
        components.empty(
            f"This page is for analysts and administrators; you are here as {shop.principal.role.value}. "
            "Ask the person who runs Tillsight for the analyst role if you need it."
        )
        return
    sql, models, metrics, questions = st.tabs(["SQL", "Models", "Metrics", "Feedback"])
    with sql:
        sql_editor.show(shop)
    with models:
        _models(shop)
    with metrics:
        _metrics(shop)
    with questions:
        review.show(shop)


def _models(shop: Shop) -> None:
    names = sorted(shop.catalogue.models)
    first = names.index(_FIRST) if _FIRST in names else 0
    name = st.selectbox("Model", names, index=first, key="analyst_model", filter_mode="contains", width=320)
    model = shop.catalogue.models[name]
    st.text(model.description)
    if model.rows is not None:
        st.caption(formats.count(model.rows, "row"))
    columns = (
        Column("name", "Column", "text", "column"),
        Column("type", "Type", "text", "column"),
        Column("description", "Meaning", "text", "column"),
        Column("tests", "Tests", "text", "column"),
    )
    rows = [
        {"name": column.name, "type": column.type, "description": column.description, "tests": ", ".join(column.tests)}
        for column in model.columns
    ]
    components.table(rows, columns, shop.currency, f"columns-{name}", alt=f"Columns of {name}", height_rows=20)
    st.subheader("Where it comes from", anchor=False)
    lineage.show(model)


def _metrics(shop: Shop) -> None:
    visible = set(shop.visible(shop.catalogue.metrics))
    rows = [
        {
            "name": metric.name,
            "label": metric.label,
            "unit": metric.unit,
            "description": metric.description,
            "dimensions": ", ".join(metric.dimensions),
            "synonyms": ", ".join(metric.synonyms),
        }
        for metric in sorted(shop.catalogue.metrics.values(), key=lambda metric: metric.label)
        if metric.name in visible
    ]
    columns = (
        Column("label", "Metric", "text", "column"),
        Column("name", "Name", "text", "column"),
        Column("unit", "Unit", "text", "column"),
        Column("description", "Meaning", "text", "column"),
        Column("synonyms", "Also called", "text", "column"),
        Column("dimensions", "By", "text", "column"),
    )
    components.table(rows, columns, shop.currency, "metrics", alt="Metrics and what they mean", height_rows=20)


page.show("Analyst", render)
