"""A process that decides on many drafts, for tests that kill it or run two at once.

Arguments: the workspace's folder, the operational URL or an empty text, the action, how many drafts. For each draft it
prints its number and the decision's id, or the error's code, when the store has answered.
"""

from __future__ import annotations

import sys
from pathlib import Path

from retail.errors import TillsightError
from retail.operational.decisions import Decisions
from retail.principal import Principal
from retail.settings import Settings
from retail.vocabulary import DecisionAction, Role
from retail.workspace import Workspace
from tests.contract.operational.drafts import a_draft


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(folder: str, url: str, action: str, drafts: str) -> None:
    settings = Settings(operational_url=url) if url else Settings()
    decisions = Decisions.of(Workspace(Path(folder)), settings)
    say("ready")
    sys.stdin.readline()
    reason = "late" if action == DecisionAction.REJECT else None
    for number in range(int(drafts)):
        try:
            made = decisions.decide(
                Principal(action, Role.MANAGER), a_draft(number), DecisionAction(action), reason=reason
            )
            say(f"{number} {made.decision_id}")
        except TillsightError as error:
            say(f"{number} {error.code}")


if __name__ == "__main__":
    main(*sys.argv[1:])
