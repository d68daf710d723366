"""Asking the person at the terminal; where nobody sits there, the option to give is named instead."""

from __future__ import annotations

import sys

import typer

from retail.errors import UnusableRequest


def is_at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def asked(question: str, option: str, *, default: str | None = None) -> str:
    """The answer to a question; the default where there is one and nobody can be asked.

    Raises:
        UnusableRequest: Nobody can be asked, and there is no default; names the option.
    """
    if is_at_terminal():
        return str(typer.prompt(question, default=default, err=True)).strip()
    if default is None:
        raise UnusableRequest(f"Say {option}: {question[0].lower()}{question[1:]}.")
    return default


def asked_secret(question: str, *, may_be_empty: bool = False) -> str:
    """A secret, typed without being shown. Only at a terminal."""
    default = "" if may_be_empty else None
    return str(typer.prompt(question, default=default, show_default=False, hide_input=True, err=True)).strip()


def confirmed(question: str, *, default: bool) -> bool:
    """Yes or no; the default where nobody can be asked."""
    return typer.confirm(question, default=default, err=True) if is_at_terminal() else default


def checked_currency(code: str) -> str:
    """A currency code in capitals.

    Raises:
        UnusableRequest: It is none.
    """
    upper = code.strip().upper()
    if len(upper) != 3 or not upper.isascii() or not upper.isalpha():
        raise UnusableRequest(f"{code!r} is no ISO 4217 currency code such as EUR.")
    return upper


def checked_zone(name: str) -> str:
    """The name of a time zone that exists.

    Raises:
        UnusableRequest: It does not.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnusableRequest(f"{name!r} is no IANA time zone such as Europe/Paris.") from error
