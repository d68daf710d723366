"""Logging: one format on standard error, and one file for what nobody expected."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure_logging(level: str) -> None:
    """Send the log to standard error from `level` (a name of Python's `logging`) upwards."""
    logging.basicConfig(level=logging.getLevelNamesMapping().get(level.upper(), logging.WARNING), format=_FORMAT)


def write_to_error_log(home: Path, error: BaseException) -> Path | None:
    """Append an error with its traceback to the error log in `home`.

    Returns:
        The log's path; None where nothing can be written there, which may well be the error itself.
    """
    path = home / "logs" / "tillsight.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2)
    except OSError:
        return None
    handler.setFormatter(logging.Formatter(_FORMAT))
    record = logging.LogRecord(
        "tillsight", logging.ERROR, __file__, 0, str(error), None, (type(error), error, error.__traceback__)
    )
    handler.emit(record)
    handler.close()
    return path
