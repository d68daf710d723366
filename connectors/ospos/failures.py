"""What the database and its libraries say when something fails, in plain words and without what they must not tell."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pymysql

from connectors.ospos.settings import OsposSource
from retail.errors import SourceError

DENIED: Final = frozenset({1142, 1143, 1370})
MISSING_TABLE: Final = 1146
MISSING_COLUMN: Final = 1054
_NO_ANSWER: Final = frozenset({2002, 2003, 2005})
_LOST: Final = frozenset({2006, 2013, 2014, 1053, 1927, 4031})
_BUSY: Final = frozenset({1040, 1203, 1226, 1205, 1213})
_NOT_SENT_PLAIN: Final = frozenset({1251, 2059, 2061})
_CODE: Final = re.compile(r"ERROR (\d{4}) \(\w+\): (.*?)\s*}?$", re.DOTALL)
_COLUMN: Final = re.compile(r"[Cc]olumn '([^']+)'")


class DatabaseError(SourceError):
    """The database said no.

    Attributes:
        number: Number of the error as MySQL counts them; 0 where there is none.
        what: What happened, to which table.
        remedy: What to do about it.
    """

    def __init__(self, message: str, *, number: int, is_transient: bool = False) -> None:
        super().__init__(message, is_transient=is_transient)
        self.number = number
        self.what, _, self.remedy = message.removesuffix(".").partition(". ")


@contextmanager
def explained(source: OsposSource, what: str) -> Iterator[None]:
    """Turn what the libraries raise into one message that names the source, `what` was asked for, and what to do.

    Raises:
        DatabaseError: In their stead, without their texts and without them as its cause.
    """
    try:
        yield
    except pymysql.err.Error as error:
        failure = _of_pymysql(source, what, error)
    except RuntimeError as error:  # what connectorx raises for everything, and PyMySQL for a missing library
        failure = _of_text(source, what, str(error))
    else:
        return
    raise failure from None


def _of_pymysql(source: OsposSource, what: str, error: pymysql.err.Error) -> DatabaseError:
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    text = str(error.args[1]) if len(error.args) > 1 else ""
    original = getattr(error, "original_exception", None)
    if isinstance(original, ssl.SSLCertVerificationError):
        return _certificate(source, what)
    if isinstance(original, ssl.SSLError) or number == 2026:
        return _no_tls(source, what)
    return _of_code(source, what, number, text)


def _of_text(source: OsposSource, what: str, text: str) -> DatabaseError:
    if "certificate verify failed" in text:
        return _certificate(source, what)
    if "cryptography" in text:
        return _of_code(source, what, 2059, "")
    found = _CODE.search(text)
    if found:
        return _of_code(source, what, int(found[1]), found[2])
    return _failed(source, what, "broke off its answer. Try again, and look into its log", 2013, is_transient=True)


def _of_code(source: OsposSource, what: str, code: int, text: str) -> DatabaseError:
    if code in _NO_ANSWER:
        why = "cannot be reached. Check `host` and `port`, whether the server runs, and whether it listens to others"
        return _failed(source, what, why, code, is_transient=True)
    if code in _LOST:
        return _failed(source, what, "broke off its answer. Try again, and look into its log", code, is_transient=True)
    if code in _BUSY:
        return _failed(source, what, "is too busy now. Try again later", code, is_transient=True)
    if code in _NOT_SENT_PLAIN:
        why = (
            "wants the password in a way that needs TLS. Set `tls: verify`, or make the user with "
            "`IDENTIFIED VIA mysql_native_password` as docs/connect/ospos.md says"
        )
        return _failed(source, what, why, code)
    column = _COLUMN.search(text)
    reasons = {
        1045: f"does not accept the user {source.user!r} with this password. Check both",
        1044: f"does not let the user {source.user!r} into the database {source.database!r}. Check its name, and grant "
        "SELECT as docs/connect/ospos.md says",
        1049: f"has no database {source.database!r}. Check `database`",
        1130: "does not let this machine in. Make the user for this machine's address, or for '%'",
        MISSING_TABLE: "has no such table. Check `table_prefix`, and whether this is OSPOS 3.4",
        MISSING_COLUMN: f"has no column {column[1] if column else ''!r} there, which OSPOS 3.4 has. Upgrade OSPOS, or "
        "report this if it is newer",
        1142: f"does not let the user {source.user!r} read it. Grant SELECT on it as docs/connect/ospos.md says",
        1143: f"does not let the user {source.user!r} read the column {column[1] if column else ''!r}. Grant SELECT on "
        "it as docs/connect/ospos.md says",
        1792: "was asked to write, which must not happen. Please report this",
    }
    why = reasons.get(code, f"answered with error {code}. Look into its log")
    return _failed(source, what, why, code)


def _certificate(source: OsposSource, what: str) -> DatabaseError:
    why = (
        "has a certificate that is not trusted or is for another name. Name the shop's own with `ca_file`, and use the "
        "name in it as `host`; for a server on this machine or in a private network `tls: off` will do"
    )
    return _failed(source, what, why, 2026)


def _no_tls(source: OsposSource, what: str) -> DatabaseError:
    why = (
        "does not offer TLS. Turn it on there; for a server on this machine or in a private network `tls: off` will do"
    )
    return _failed(source, what, why, 2026)


def _failed(source: OsposSource, what: str, why: str, code: int, *, is_transient: bool = False) -> DatabaseError:
    message = f"ospos: {what}: {source.host}:{source.port} {why}."
    return DatabaseError(message, number=code, is_transient=is_transient)
