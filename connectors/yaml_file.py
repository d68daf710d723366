"""Reading a YAML file that a person wrote, with errors that name the file and the key."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from retail.errors import ConfigurationError

Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path) -> object:
    """The content of a YAML file.

    Raises:
        ConfigurationError: The file cannot be read, or is not YAML.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}. Check the path and its rights.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path} is not YAML: {' '.join(str(error).split())}.") from error


def validated(path: Path, content: object, model: type[Model], key: str = "") -> Model:
    """The content of a file, or of the part of it at `key`, as a model.

    Raises:
        ConfigurationError: It does not hold what it should; names the file and every wrong key.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(_describe(problem["loc"], problem["msg"], key) for problem in error.errors())
        raise ConfigurationError(f"{path}: {wrong}.") from error


def _describe(location: tuple[int | str, ...], message: str, key: str) -> str:
    path = key
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f"{'.' if path else ''}{step}"
    return f"{path or 'the file'}: {message[0].lower()}{message[1:]}"
