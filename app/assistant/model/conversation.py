# ruff: noqa: ARG002 (Vanna names the arguments of what it calls)
"""One question's conversation with a model. Vanna's `Agent` carries it, with one tool of ours and none of its own.

The tool takes a plan and does nothing. What Vanna brings along for SQL, files, Python, pictures and memory is not
registered, and its commands (`/help`) are off. `docs/decisions/0014` says what was taken and why.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from vanna.core.agent import Agent
from vanna.core.agent.config import AgentConfig, AuditConfig
from vanna.core.enhancer import LlmContextEnhancer
from vanna.core.llm import LlmMessage, LlmRequest, LlmResponse, LlmService, LlmStreamChunk
from vanna.core.registry import ToolRegistry
from vanna.core.tool import Tool, ToolCall, ToolContext, ToolResult
from vanna.core.user import RequestContext
from vanna.integrations.local import MemoryConversationStore

from app.assistant.model.endpoint import Endpoint, EndpointError, Message, Trouble
from app.assistant.model.parts import Audit, Instructions, NoCommands, NoMemory, Person
from app.assistant.model.request import PlanRequest, UnusablePlan, schema
from prompts import Prompt
from retail.principal import Principal
from retail.vocabulary import Role

TOOL: Final = "plan_question"
ROUNDS: Final = 2
"""A plan, and one repair."""

_SHOWN: Final = 1500
"""Most characters of a reply that are shown to the model again, and of what was wrong with it."""

Accept = Callable[[PlanRequest], None]
"""Takes a plan; raises `UnusablePlan` where it cannot be meant."""


@dataclass(slots=True)
class Outcome:
    """How a conversation went.

    Attributes:
        is_accepted: Whether a plan was taken.
        rounds: How often the model was asked.
        trouble: What was wrong with the endpoint.
        sent: The last request, word for word.
    """

    is_accepted: bool = False
    rounds: int = 0
    trouble: Trouble | None = None
    sent: str = field(default="", repr=False)


class PlanningTool(Tool[PlanRequest]):
    """The one thing that a model can do: hand over a plan."""

    def __init__(self, request: type[PlanRequest], accept: Accept, outcome: Outcome) -> None:
        self._request = request
        self._accept = accept
        self._outcome = outcome

    @property
    def name(self) -> str:
        """Its name."""
        return TOOL

    @property
    def description(self) -> str:
        """What a model is told that it does."""
        return "Hand over the plan of the question."

    def get_args_schema(self) -> type[PlanRequest]:
        """What a plan may hold."""
        return self._request

    async def execute(self, context: ToolContext, args: PlanRequest) -> ToolResult:
        """Take the plan, or say what is wrong with it."""
        try:
            self._accept(args)
        except UnusablePlan as error:
            return ToolResult(success=False, result_for_llm=str(error), error=str(error))
        self._outcome.is_accepted = True
        return ToolResult(success=True, result_for_llm="accepted")


class PlanningModel(LlmService):
    """The endpoint as Vanna sees it: it always calls the planning tool.

    The tool's schema goes over the wire as the format of the reply. Small models keep to a format far better than they
    call tools, and an endpoint that was offered no tool has no reason to call one.
    """

    def __init__(self, endpoint: Endpoint, prompt: Prompt, format_: dict[str, Any], outcome: Outcome) -> None:
        self.model = endpoint.model
        self._endpoint = endpoint
        self._prompt = prompt
        self._format = format_
        self._outcome = outcome

    async def send_request(self, request: LlmRequest) -> LlmResponse:
        """The next reply as a call of the planning tool; nothing once a plan is taken or the rounds are over."""
        if self._outcome.is_accepted or self._outcome.rounds == ROUNDS:
            return LlmResponse(content="")
        self._outcome.rounds += 1
        messages = [_message("system", request.system_prompt or ""), *map(self._spoken, request.messages)]
        self._outcome.sent = json.dumps({"messages": messages, "schema": self._format}, indent=1, ensure_ascii=False)
        try:
            text = await self._endpoint.complete(messages, self._format)
        except EndpointError as error:
            self._outcome.trouble = error.trouble
            return LlmResponse(content="")
        call = ToolCall(id=f"plan-{len(messages)}", name=TOOL, arguments=arguments_in(text))
        return LlmResponse(content=text[:_SHOWN], tool_calls=[call])

    def _spoken(self, message: LlmMessage) -> Message:
        """A message as a model without tools has it: what a tool said is said by whoever asks."""
        if message.role == "tool":
            return _message("user", self._prompt.repair.strip().format(problem=message.content[:_SHOWN]))
        return _message(message.role, message.content)

    async def stream_request(self, request: LlmRequest) -> AsyncGenerator[LlmStreamChunk, None]:
        """The same in one piece: half a plan is none."""
        response = await self.send_request(request)
        yield LlmStreamChunk(content=response.content, tool_calls=response.tool_calls)

    async def validate_tools(self, tools: list[Any]) -> list[str]:
        """Nothing to say against the one tool."""
        return []


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def arguments_in(text: str) -> dict[str, Any]:
    """The JSON object in a reply, with whatever is said around it; empty where there is none."""
    begins, ends = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[begins : ends + 1]) if 0 <= begins < ends else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def agent_for(
    principal: Principal,
    endpoint: Endpoint,
    prompt: Prompt,
    request: type[PlanRequest],
    accept: Accept,
    outcome: Outcome,
) -> Agent:
    """An agent for one question. Nothing in it is shared between questions or people."""
    registry = ToolRegistry()
    registry.register_local_tool(PlanningTool(request, accept, outcome), access_groups=[role.value for role in Role])
    return Agent(
        llm_service=PlanningModel(endpoint, prompt, schema(request), outcome),
        tool_registry=registry,
        user_resolver=Person(principal),
        agent_memory=NoMemory(),
        conversation_store=MemoryConversationStore(),
        config=AgentConfig(
            max_tool_iterations=ROUNDS + 1,
            stream_responses=False,
            temperature=0.0,
            audit_config=AuditConfig(log_tool_results=True, log_ai_responses=False),
        ),
        system_prompt_builder=Instructions(prompt),
        workflow_handler=NoCommands(),
        llm_context_enhancer=LlmContextEnhancer(),
        audit_logger=Audit(),
    )


async def converse(agent: Agent, message: str, outcome: Outcome) -> None:
    """Have the conversation. What Vanna would show on a page of its own is passed over."""
    async for _ in agent.send_message(RequestContext(), message):
        pass
    if not outcome.is_accepted and outcome.trouble is None:
        outcome.trouble = Trouble.UNUSABLE
