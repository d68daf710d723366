"""What every command needs to know: settings, and the workspace, role and stores that the global options name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import typer

    from retail.principal import Principal
    from retail.settings import Settings
    from retail.vocabulary import Role
    from retail.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CliContext:
    """The global options, resolved when they are first needed (`ctx.obj` of every command).

    Attributes:
        settings: Settings from the environment.
        workspace_name: What `--workspace` says; null leaves the choice to `retail.workspace.find`.
        role: Role of the local user.
        stores: Store references the user may see; empty means all.
    """

    settings: Settings
    workspace_name: str | None
    role: Role
    stores: tuple[str, ...]

    def workspace(self) -> Workspace:
        """The workspace that the command works on.

        Raises:
            UnusableRequest: The one named does not exist, or there is none at all.
        """
        from retail.workspace import find

        return find(self.settings, self.workspace_name)

    def principal(self) -> Principal:
        """Who is asking."""
        from retail.principal import LOCAL, Principal

        return Principal(user=LOCAL.user, role=self.role, stores=self.stores)


def of(context: typer.Context) -> CliContext:
    """The `CliContext` behind typer's context."""
    return cast("CliContext", context.obj)
