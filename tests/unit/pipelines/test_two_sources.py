"""Two sources side by side: what one cannot give holds back nothing of the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.incremental import Source
from pipelines.ingest import loaded_sources
from pipelines.run import run_pipeline
from pipelines.sync import sync_sources
from retail.errors import PipelineError, SourceError
from retail.operational.run_log import RunStatus
from retail.settings import Settings
from retail.workspace import Workspace
from tests.contract.incremental.fake import FakeServer, FakeSource

ODOO = "  - {type: odoo, url: 'https://shop.example', database: shop, user: reader}\n"
UNREACHABLE = "odoo: the login: shop.example cannot be reached. Check the address and whether the server runs."


@pytest.fixture
def both(shop: Workspace, project: Path) -> Workspace:
    """The shop's files, and an Odoo from which the project makes one mart."""
    shop.sources.write_text(shop.sources.read_text() + ODOO)
    models = project / "models"
    (models / "stg_odoo__orders.sql").write_text(
        "{{ config(enabled='odoo' in var('sources', []), schema='staging') }}\n"
        "select id, total from {{ source('raw_odoo', 'orders') }}\n"
    )
    (models / "fct_orders.sql").write_text(
        "{% if 'odoo' in var('sources', []) %}select id, total from {{ ref('stg_odoo__orders') }}"
        "{% else %}select 1 as id, 2 as total where false{% endif %}\n"
    )
    tables = "".join(f"      - name: {table}\n" for table in ("orders", "lines", "products", "stores", "capabilities"))
    (models / "odoo.yml").write_text(
        "version: 2\nsources:\n  - name: raw_odoo\n    database: warehouse\n    schema: raw_odoo\n"
        f"    tables:\n{tables}"
    )
    return shop


def answers(monkeypatch: pytest.MonkeyPatch, source: Source | Exception) -> None:
    def open_source(*_: Any) -> Source:
        if isinstance(source, Exception):
            raise source
        return source

    monkeypatch.setattr("connectors.odoo.open_source", open_source, raising=False)


def orders(workspace: Workspace) -> int:
    return workspace.published().run.tables["fct_orders"]


def test_a_server_that_is_down_is_told_and_the_files_are_published(
    both: Workspace, settings: Settings, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, SourceError(UNREACHABLE, is_transient=True))
    report = run_pipeline(both, settings, trigger="test", project=project)
    assert report.run.status is RunStatus.SUCCEEDED
    assert UNREACHABLE in str(report.run.message)
    assert report.published.tables["fct_sale_lines"] == 32
    assert orders(both) == 0


def test_a_first_load_that_is_not_over_shows_nothing_of_its_source(
    both: Workspace, settings: Settings, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.incremental.first_load.CHUNK_ROWS", 7)
    server = FakeServer(fails_at=4)
    for number in range(1, 30):
        server.order(number, 2, 3)
    answers(monkeypatch, FakeSource(server))
    run_pipeline(both, settings, trigger="test", project=project)
    with duckdb.connect(str(both.warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) > 0 from raw_odoo.lines").fetchall() == [(True,)]
    assert orders(both) == 0

    server.fails_at = None
    report = run_pipeline(both, settings, trigger="test", project=project)
    assert report.published.tables["fct_orders"] == 29
    assert report.published.tables["fct_sale_lines"] == 32


def test_a_source_that_fails_later_keeps_serving_what_it_gave(
    both: Workspace, settings: Settings, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = FakeServer()
    server.order(1, 2, 3)
    answers(monkeypatch, FakeSource(server))
    run_pipeline(both, settings, trigger="test", project=project)
    answers(monkeypatch, SourceError(UNREACHABLE))
    report = run_pipeline(both, settings, trigger="test", project=project)
    assert report.published.tables["fct_orders"] == 1
    assert UNREACHABLE in str(report.run.message)


def test_a_sync_of_two_sources_reports_the_one_that_failed(
    both: Workspace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, SourceError(UNREACHABLE))
    files, odoo = sync_sources(both, settings, only=None)
    assert files.accepted == 34
    assert [str(error) for error in odoo.errors] == [UNREACHABLE]


def test_a_run_without_any_loaded_source_says_so(shop: Workspace, settings: Settings) -> None:
    with pytest.raises(PipelineError, match=r"No source \(odoo, ospos\) has been loaded in full yet"):
        loaded_sources(shop, settings, ("odoo", "ospos"))
