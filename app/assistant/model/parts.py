# ruff: noqa: ARG002 (Vanna names the arguments of what it calls)
"""What Vanna's `Agent` wants to have besides a model and a tool, each as little as it can be."""

from __future__ import annotations

import logging
from typing import Any, Final

from vanna.capabilities.agent_memory import AgentMemory
from vanna.core.agent import Agent
from vanna.core.audit import AuditEvent, AuditLogger
from vanna.core.system_prompt import SystemPromptBuilder
from vanna.core.tool import ToolSchema
from vanna.core.user import RequestContext, User, UserResolver
from vanna.core.workflow import WorkflowHandler, WorkflowResult

from prompts import Prompt
from retail.principal import Principal

_LOG: Final = logging.getLogger(__name__)


class Person(UserResolver):
    """The principal as a user of Vanna's, in the group of their role."""

    def __init__(self, principal: Principal) -> None:
        self._principal = principal

    async def resolve_user(self, request_context: RequestContext) -> User:
        """Who asks."""
        return User(id=self._principal.user, group_memberships=[self._principal.role.value])


class Instructions(SystemPromptBuilder):
    """The prompt, the same for every question: endpoints keep what they have read of it."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt

    async def build_system_prompt(self, user: User, tools: list[ToolSchema]) -> str | None:
        """The instructions with the examples."""
        return self._prompt.instructions


class NoCommands(WorkflowHandler):
    """Every message goes to the model. Vanna's own handler answers `/help` and the like itself."""

    async def try_handle(self, agent: Agent, user: User, conversation: Any, message: str) -> WorkflowResult:
        """Nothing is handled here."""
        return WorkflowResult(should_skip_llm=False)


class NoMemory(AgentMemory):
    """Remembers nothing: what is learnt is learnt by a person's acceptance."""

    async def save_tool_usage(self, *arguments: Any, **named: Any) -> None:
        """Kept nowhere."""
        return

    async def save_text_memory(self, *arguments: Any, **named: Any) -> Any:
        """Refused."""
        raise NotImplementedError("nothing is remembered")

    async def search_similar_usage(self, *arguments: Any, **named: Any) -> list[Any]:
        """Nothing."""
        return []

    async def search_text_memories(self, *arguments: Any, **named: Any) -> list[Any]:
        """Nothing."""
        return []

    async def get_recent_memories(self, *arguments: Any, **named: Any) -> list[Any]:
        """Nothing."""
        return []

    async def get_recent_text_memories(self, *arguments: Any, **named: Any) -> list[Any]:
        """Nothing."""
        return []

    async def delete_by_id(self, *arguments: Any, **named: Any) -> bool:
        """There is nothing to delete."""
        return False

    async def delete_text_memory(self, *arguments: Any, **named: Any) -> bool:
        """There is nothing to delete."""
        return False

    async def clear_memories(self, *arguments: Any, **named: Any) -> int:
        """There is nothing to clear."""
        return 0


class Audit(AuditLogger):
    """Logs that something happened, and never what was asked or replied."""

    async def log_event(self, event: AuditEvent) -> None:
        """Log what sort of thing happened, and who asked."""
        _LOG.info("%s by %s", event.event_type.value, event.user_id)
