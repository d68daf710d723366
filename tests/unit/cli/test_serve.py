"""Choosing a port for the app."""

from __future__ import annotations

import socket

import pytest

from cli.serve import free_port
from retail.errors import UnusableRequest


def test_the_next_port_is_taken_when_one_is_in_use() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        assert taken < free_port("127.0.0.1", taken) <= taken + 50


def test_port_zero_lets_the_system_choose() -> None:
    assert free_port("127.0.0.1", 0) > 0


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(UnusableRequest, match="TILLSIGHT_APP_HOST"):
        free_port("192.0.2.1", 8501)
