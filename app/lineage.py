"""A model's ancestors as a drawing, from the source's tables to the model."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from metrics.catalogue import Model

_MOST = 60


def show(model: Model) -> None:
    """Draw what a model is built from."""
    if not model.lineage:
        st.caption("This table is not built by dbt; the forecast step writes it.")
        return
    st.graphviz_chart(_dot(model.lineage, model.name), width="stretch", alt=f"What {model.name} is built from")
    if len(model.lineage) > _MOST:
        st.caption(f"{_MOST} of {len(model.lineage)} steps.")


def _dot(edges: Sequence[tuple[str, str]], name: str) -> str:
    # A JSON string is a DOT string: quotes and backslashes are escaped alike. Greys are readable on light and dark.
    lines = [f"{json.dumps(parent)} -> {json.dumps(child)};" for parent, child in edges[:_MOST]]
    style = (
        'rankdir=LR; bgcolor="transparent"; '
        'node [shape=box, style="rounded", color="#94a3b8", fontcolor="#7d8da1", fontname="sans-serif", fontsize=11]; '
        'edge [color="#94a3b8", arrowsize=0.6];'
    )
    chosen = f'{json.dumps(name)} [penwidth=2, color="#14a394", fontcolor="#14a394"];'
    return f"digraph {{ {style} {chosen} {' '.join(lines)} }}"
