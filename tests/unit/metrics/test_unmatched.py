"""A comparison that matches nothing is named beside the empty answer, with near names that the principal may see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics import Filter, MetricQuery, Metrics, execute, parse_where
from retail.principal import LOCAL, Principal
from retail.settings import Settings
from retail.vocabulary import Role
from retail.workspace import WorkspaceDescription, create

TOWN = Principal("mo", Role.MANAGER, ("S2",))
STAFF = Principal("sam", Role.STAFF)
ONE_STORE_HAS_A_CHANNEL = "update marts.fct_sale_lines set channel = 'kiosk-canary' where store_id = 'files:S3';"


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory, manifests: Path, marts_sql: str, publish) -> Iterator[Metrics]:
    description = WorkspaceDescription(kind="demo", created_at="2025-01-20T00:00:00Z", reporting_currency="EUR")
    workspace = create(tmp_path_factory.mktemp("home"), "demo-kiosk", description)
    publish(workspace, manifests, "1", marts_sql + ONE_STORE_HAS_A_CHANNEL)
    opened = Metrics.open(workspace, Settings())
    yield opened
    opened.close()


def warnings(metrics: Metrics, where: str | Filter, names: str = "net_sales", by: str = "", who=LOCAL) -> tuple:
    comparison = parse_where(where) if isinstance(where, str) else where
    by_names = (by,) if by else ()
    return metrics.query(MetricQuery(metrics=tuple(names.split(",")), by=by_names, where=(comparison,)), who).warnings


@pytest.mark.parametrize(
    ("where", "warning"),
    [
        ("product = 'Mlk'", "Nothing matches product = 'Mlk'. Near: 'Milk'."),
        ("product = 'MILK'", "Nothing matches product = 'MILK'. Near: 'Milk'."),
        ("product = 'Farmers Loaf'", "Nothing matches product = 'Farmers Loaf'. Near: 'Farmer's Loaf'."),
        (
            "category in ('Bakry', 'Diary')",
            "Nothing matches category in ('Bakry', 'Diary'). Near: 'Bakery', 'Dairy', 'Party'.",
        ),
        ("category = 'Home'", "Nothing matches category = 'Home'."),
        ("channel = 'poss'", "Nothing matches channel = 'poss'. Near: 'pos'."),
        (
            "product_id = 'files:P9'",
            "Nothing matches product_id = 'files:P9'. Near: 'files:P4', 'files:P3', 'files:P2'.",
        ),
    ],
)
@pytest.mark.parametrize("by", ["", "store"])
def test_a_name_that_does_not_exist_is_said_with_those_like_it(
    metrics: Metrics, where: str, warning: str, by: str
) -> None:
    assert warnings(metrics, where, by=by) == (warning,)


def test_metrics_of_two_tables_say_it_once(metrics: Metrics) -> None:
    assert warnings(metrics, "product = 'Mlk'", "net_sales,on_hand") == (
        "Nothing matches product = 'Mlk'. Near: 'Milk'.",
    )


@pytest.mark.parametrize("where", ["product in ('Milk', 'Mlk')", "product != 'Mlk'", "product like 'Mlk'", "hour = 3"])
def test_what_matches_or_is_no_name_is_not_complained_of(metrics: Metrics, where: str) -> None:
    assert warnings(metrics, where) == ()


def test_a_name_that_exists_and_sold_nothing_is_not_called_unknown(metrics: Metrics) -> None:
    where = (parse_where("product = 'Milk'"), parse_where("hour = 3"))
    assert metrics.query(MetricQuery(metrics=("net_sales",), where=where)).warnings == ()


def test_every_text_dimension_can_be_looked_up(metrics: Metrics) -> None:
    looked_up = 0
    for metric in metrics.catalogue.metrics.values():
        for name in metric.dimensions:
            if not metrics.catalogue.dimensions[name].is_number and name not in {"store", "store_id"}:
                where = Filter(dimension=name, operator="=", value="no such thing at all")
                said = warnings(metrics, where, metric.name)
                looked_up += any(text.startswith(f"Nothing matches {name} = ") for text in said)
    assert looked_up > 100


def test_nobody_is_told_a_name_from_a_store_that_they_do_not_see(kiosk: Metrics) -> None:
    assert warnings(kiosk, "channel = 'kiosk-canar'") == (
        "Nothing matches channel = 'kiosk-canar'. Near: 'kiosk-canary'.",
    )
    assert warnings(kiosk, "channel = 'kiosk-canar'", who=TOWN) == ("Nothing matches channel = 'kiosk-canar'.",)
    # The name itself, written rightly, is as unknown to them as a wrong one.
    assert warnings(kiosk, "channel = 'kiosk-canary'", who=TOWN) == ("Nothing matches channel = 'kiosk-canary'.",)


def test_staff_are_told_names(metrics: Metrics) -> None:
    assert warnings(metrics, "product = 'Mlk'", who=STAFF) == ("Nothing matches product = 'Mlk'. Near: 'Milk'.",)


@pytest.mark.parametrize(
    "value", ["{{ 7*7 }} Party Baner", "{{ 1/0 }}", "' or 1=1 --", '"; drop table x; --', "{% raw"]
)
def test_a_hostile_value_is_shown_as_it_is_and_never_run(metrics: Metrics, value: str) -> None:
    (said,) = warnings(metrics, Filter(dimension="product", operator="=", value=value))
    assert said.startswith(f"Nothing matches product = '{value}'.")
    if "Baner" in value:
        assert said.endswith("Near: '{{ 7*7 }} Party Banner'.")


def test_a_value_stays_on_one_line_and_short(metrics: Metrics) -> None:
    (said,) = warnings(metrics, Filter(dimension="product", operator="=", value="\x1b[31m\n" + "x" * 10_000))
    assert said.isprintable()
    assert len(said) < 200


def test_an_answer_with_numbers_costs_no_second_query(metrics: Metrics, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fetch = execute.fetch
    monkeypatch.setattr(execute, "fetch", lambda c, sql, seconds: asked.append(sql) or fetch(c, sql, seconds))
    assert warnings(metrics, "product = 'Milk'") == ()
    assert len(asked) == 1
