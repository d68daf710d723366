"""Prompts, one file each with its examples, loaded by name. Whoever asks can read what a model is told."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from retail.errors import ConfigurationError

FOLDER: Final = Path(__file__).parent


class Example(BaseModel):
    """A question as a model is shown it, and the reply that is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    given: str
    reply: dict[str, Any]


class Prompt(BaseModel):
    """What a model is told.

    Attributes:
        purpose: What the prompt is for, in one sentence.
        system: Instructions, the same for every question.
        question: Template of what is sent with each question; slots are filled once and never read again.
        repair: Template of what is sent when a reply cannot be used.
        examples: Examples that follow the instructions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str
    system: str
    question: str
    repair: str = ""
    examples: tuple[Example, ...] = ()

    @property
    def instructions(self) -> str:
        """The instructions with the examples."""
        shown = (f"{example.given.strip()}\n{json.dumps(example.reply)}" for example in self.examples)
        return "\n\n".join((self.system.strip(), *shown))


def names() -> tuple[str, ...]:
    """Every prompt that there is."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@lru_cache(maxsize=8)
def load(name: str) -> Prompt:
    """The prompt of that name, read once.

    Raises:
        ConfigurationError: There is none, or its file is not a prompt.
    """
    if name not in names():
        raise ConfigurationError(f"There is no prompt {name[:80]!r}. There are: {', '.join(names())}.")
    try:
        return Prompt.model_validate(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"prompts/{name}.yaml is no prompt: {error}") from error
