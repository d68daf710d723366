"""A model's ancestors as a drawing, from the source's tables to the model."""

from __future__ import annotations

import json

import streamlit as st

from metrics import Catalogue

_MOST = 60


def show(catalogue: Catalogue, name: str) -> None:
    """Draw what a model is built from."""
    edges = ancestors(catalogue, name)
    if not edges:
        st.caption("This table is not built by dbt; the forecast step writes it.")
        return
    st.graphviz_chart(_dot(edges, name), width="stretch", alt=f"What {name} is built from")
    if len(edges) > _MOST:
        st.caption(f"The nearest {_MOST} steps of {len(edges)}.")


def ancestors(catalogue: Catalogue, name: str) -> list[tuple[str, str]]:
    """Every step that leads to a model, as pairs (from, to), the nearest first."""
    edges: list[tuple[str, str]] = []
    waiting, seen = [name], {name}
    while waiting:
        child = waiting.pop(0)
        for parent in catalogue.parents(child):
            edges.append((parent, child))
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return edges


def _dot(edges: list[tuple[str, str]], name: str) -> str:
    # A JSON string is a DOT string: quotes and backslashes are escaped alike. Greys are readable on light and dark.
    lines = [f"{json.dumps(parent)} -> {json.dumps(child)};" for parent, child in edges[:_MOST]]
    style = (
        'rankdir=LR; bgcolor="transparent"; '
        'node [shape=box, style="rounded", color="#94a3b8", fontcolor="#7d8da1", fontname="sans-serif", fontsize=11]; '
        'edge [color="#94a3b8", arrowsize=0.6];'
    )
    return f'digraph {{ {style} {json.dumps(name)} [penwidth=2, color="#0f766e", fontcolor="#0f766e"]; {" ".join(lines)} }}'
