"""Wording an answer better with a model, where the owner lets it see answers. An added number sends it back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import prompts
from app.assistant.findings import Findings
from app.assistant.grounding import is_grounded
from app.assistant.reading import Kind, Reading
from app.assistant.speech import Speech
from retail.settings import Settings

PROMPT: Final = "rephrase"
_AS_THEY_ARE: Final = frozenset({Kind.CLARIFY, Kind.REFUSE})
_LINK_OR_MARKUP: Final = re.compile(r"[<>`*#|\[\]]|https?:|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reworded:
    """An answer's findings with the text that is shown.

    Attributes:
        findings: The findings.
        note: Key of a text that says how it went; empty where nothing was sent.
        sent: What was sent, word for word.
    """

    findings: Findings
    note: str = ""
    sent: str = ""


class Rephraser:
    """Has texts of answers reworded by the endpoint of the settings.

    Raises:
        ConfigurationError: No endpoint is set, or its address or key is none.
    """

    def __init__(self, settings: Settings) -> None:
        from app.assistant.model.endpoint import Endpoint

        self._endpoint = Endpoint(settings)
        self._seconds = settings.assistant_timeout_seconds
        self._may_see = settings.assistant_sees_rows

    def reword(self, findings: Findings, reading: Reading, speech: Speech) -> Reworded:
        """The findings with a better text, or as they were."""
        if not self._may_see or reading.kind in _AS_THEY_ARE:
            return Reworded(findings)
        prompt = prompts.load(PROMPT)
        asked = prompt.question.strip().format(text=findings.text)
        text = self._reply(prompt.instructions, asked)
        sent = f"{prompt.instructions}\n\n{asked}"
        if not text or not _is_usable(text, findings) or not is_grounded(text, findings, reading, speech):
            return Reworded(findings, "model.kept", sent)
        return Reworded(replace(findings, text=text), "model.reworded", sent)

    def _reply(self, instructions: str, asked: str) -> str:
        from app.assistant.model.deadline import within
        from app.assistant.model.endpoint import EndpointError

        found: list[str] = []

        async def talk() -> None:
            messages = [{"role": "system", "content": instructions}, {"role": "user", "content": asked}]
            found.append(await self._endpoint.complete(messages))

        try:
            is_over = within(self._seconds, talk)
        except EndpointError:
            return ""
        return " ".join(found[0].split()) if is_over else ""


def _is_usable(text: str, findings: Findings) -> bool:
    """Whether it is plain text of about that length: no links, no markup that the template's text has not."""
    added = set(_LINK_OR_MARKUP.findall(text)) - set(_LINK_OR_MARKUP.findall(findings.text))
    return not added and text.isprintable() and len(text) <= 2 * len(findings.text) + 200
