"""A process whose children each die at another moment of a decision: before or after each statement, and at the commit.

Arguments: the workspace's folder, the operational URL or an empty text. Prints how many children died, each on a draft
of its own that is numbered like it. The one after them lives, and decides.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import Engine, event

from retail.operational.database import open_store
from retail.operational.decisions import Decisions
from retail.principal import LOCAL
from retail.settings import Settings
from retail.vocabulary import DecisionAction
from retail.workspace import Workspace
from tests.contract.operational.drafts import a_draft


def opened(folder: str, url: str) -> Engine:
    return open_store(Workspace(Path(folder)), Settings(operational_url=url) if url else Settings())


def decide_and_die(engine: Engine, moment: int) -> None:
    engine.connect().close()  # what a driver does with a new connection is not what is tested
    moments = itertools.count()

    def perhaps_die(*_: object) -> None:
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, name, perhaps_die)
    Decisions(engine).decide(LOCAL, a_draft(moment), DecisionAction.APPROVE)


def main(folder: str, url: str) -> None:
    opened(folder, url).dispose()  # imports what every child would import
    for moment in itertools.count():
        child = os.fork()
        if child == 0:
            decide_and_die(opened(folder, url), moment)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.stdout.write(f"{moment}\n")
            sys.exit(status)


if __name__ == "__main__":
    main(*sys.argv[1:])
