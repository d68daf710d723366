"""The catalogue's words: each leads to one thing, and everything that a metric refers to is there."""

from __future__ import annotations

from collections import Counter
from datetime import date

from metrics import Metrics
from metrics.catalogue import GRAINS, TIME_NAMES, Catalogue
from metrics.spelling import pieces, stem

PERIOD_WORDS = {*GRAINS, *TIME_NAMES, "hour", "date", "today", "yesterday", "quarter"}


def words_of(catalogue: Catalogue) -> dict[str, set[str]]:
    """Every metric's words: name, label and synonyms."""
    return {
        metric.name: {metric.name.replace("_", " "), metric.label.lower(), *metric.synonyms}
        for metric in catalogue.metrics.values()
    }


def test_no_two_metrics_share_a_word_in_the_singular_or_the_plural(metrics: Metrics) -> None:
    stems = Counter(
        words
        for spoken in words_of(metrics.catalogue).values()
        for words in {tuple(stem(piece) for piece in pieces(word)) for word in spoken}
    )
    assert [words for words, times in stems.items() if times > 1] == []


def test_no_word_of_a_metric_is_a_dimension_or_a_period(metrics: Metrics) -> None:
    catalogue = metrics.catalogue
    taken = {name.replace("_", " ") for name in catalogue.dimensions}
    taken |= {dimension.label.lower() for dimension in catalogue.dimensions.values()} | PERIOD_WORDS
    spoken = {word: name for name, words in words_of(catalogue).items() for word in words}
    assert {word: spoken[word] for word in taken & set(spoken)} == {}


def test_dimensions_have_a_label_each_of_their_own(metrics: Metrics) -> None:
    labels = Counter(dimension.label.lower() for dimension in metrics.catalogue.dimensions.values())
    assert [label for label, times in labels.items() if times > 1] == []


def test_synonyms_are_kept_as_they_are_looked_up(metrics: Metrics) -> None:
    for name, words in words_of(metrics.catalogue).items():
        assert all(metrics.catalogue.metric(word).name == name for word in metrics.catalogue.metrics[name].synonyms)
        assert all(word.strip() for word in words), name


def test_what_metrics_refer_to_is_published(metrics: Metrics) -> None:
    catalogue = metrics.catalogue
    retail_model = {"stock_levels", "stock_movements", "purchase_orders"}
    for metric in catalogue.metrics.values():
        assert set(metric.needs_any_table) <= retail_model, metric.name
        assert {table for table, _ in metric.needs_values} <= set(metric.tables), metric.name
        assert set(metric.tables) == set(metric.time_columns) <= set(catalogue.models), metric.name
        for table, column in metric.time_columns.items():
            assert column in {found.name for found in catalogue.models[table].columns}, metric.name
        assert set(metric.dimensions) <= set(catalogue.dimensions), metric.name


def test_a_metric_tells_how_new_its_data_are(metrics: Metrics) -> None:
    assert metrics.catalogue.fresh_to("net_sales") == metrics.catalogue.last_date
    assert metrics.catalogue.fresh_to("on_hand") == date(2025, 1, 19)
