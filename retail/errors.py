"""The one tree of errors.

Every message says what happened, to which thing, and what to do about it. The command line turns an error into its
`exit_status`; pages show the message; nothing else is ever raised on purpose.
"""

from __future__ import annotations

from typing import ClassVar


class TillsightError(Exception):
    """Something went wrong that a person can act on. The message is one or two plain sentences."""

    exit_status: ClassVar[int] = 1
    code: ClassVar[str] = "error"


class UnusableRequest(TillsightError):
    """What was asked cannot be understood or does not exist: an unknown metric, a bad date, a missing workspace."""

    exit_status = 2
    code = "unusable"


class ConfigurationError(UnusableRequest):
    """A setting or configuration file is missing or wrong."""

    code = "configuration"


class Refused(TillsightError):
    """The guard or a role said no. `reason` is a short machine-readable word such as `function` or `role`."""

    exit_status = 3

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class AlreadyDecided(UnusableRequest):
    """A reorder draft was approved or rejected before, and cannot be decided otherwise."""

    code = "decided"


class StoreError(TillsightError):
    """The operational store could not be read or written: a full disk, a lock, a lost connection."""

    code = "store"


class SourceError(TillsightError):
    """A source could not be read: a file, a server or a login. Names the source and the table.

    Attributes:
        is_transient: Whether trying again may help, as with a server that did not answer.
    """

    code = "source"

    def __init__(self, message: str, *, is_transient: bool = False) -> None:
        super().__init__(message)
        self.is_transient = is_transient


class PipelineError(TillsightError):
    """A step of the pipeline failed. What was published before keeps serving."""

    code = "pipeline"


class WorkspaceBusy(TillsightError):
    """Another pipeline run holds the workspace."""

    code = "busy"


class NothingPublished(TillsightError):
    """The workspace has no published run yet."""

    code = "nothing_published"


class QueryTimeout(TillsightError):
    """A query ran past its time limit and was stopped."""

    code = "timeout"


class ForecastError(TillsightError):
    """A forecast could not be made: bad panel, unusable weights. Names the series or the folder."""

    code = "forecast"
