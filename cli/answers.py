"""The answers that connecting a server needs: from options, from what is connected already, and from the person."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.asking import asked, asked_secret, confirmed, is_at_terminal
from cli.joining import Entry, Joining
from cli.output import print_note
from cli.systems import System
from retail.errors import UnusableRequest

if TYPE_CHECKING:
    from connectors import SourceConfig
    from retail.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; None where it says nothing.

    Attributes:
        values: Settings of the source, by name.
        store_contacts: Whether customers' contacts are kept.
        secret_stdin: Whether credentials are piped in, one a line.
        yes: Whether nothing is to be confirmed.
        as_json: Whether the answer is JSON.
        currency: Currency to report in, checked.
        time_zone: Time zone of the shops, checked.
    """

    values: Mapping[str, object]
    store_contacts: bool | None = None
    secret_stdin: bool = False
    yes: bool = False
    as_json: bool = False
    currency: str | None = None
    time_zone: str | None = None


def source_of(system: System, place: Joining, options: Options) -> SourceConfig:
    """The source's settings.

    Raises:
        UnusableRequest: One is missing or wrong; names the option.
    """
    from pydantic import ValidationError

    from connectors.configuration import SOURCE_TYPES

    model = SOURCE_TYPES[system.type]
    old = place.entry(system.type) or {}
    values = _answered(system, old, options)
    if options.time_zone and "time_zone" in model.model_fields:
        values["time_zone"] = options.time_zone
    elif options.time_zone and place.description and options.time_zone != place.description.default_time_zone:
        raise UnusableRequest(f"{system.name} says its time zone itself. Leave --time-zone out.")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        wrong = error.errors()[0]
        option = "--" + str(wrong["loc"][0]).replace("_", "-")
        raise UnusableRequest(f"{option} cannot be used: {wrong['msg'][0].lower()}{wrong['msg'][1:]}.") from None


def is_elsewhere(system: System, source: SourceConfig, old: Entry | None) -> bool:
    """Whether an update points to another server or database than what was loaded so far."""
    if old is None:
        return False
    before = type(source).model_validate(old)
    return any(getattr(source, name) != getattr(before, name) for name in system.identity)


def secrets_of(
    system: System, source: SourceConfig, place: Joining, settings: Settings, options: Options
) -> dict[str, str]:
    """The credentials that were typed or piped in, by name: those to keep. The environment's are used and not kept.

    What is kept for one server is never offered to another.

    Raises:
        UnusableRequest: One is missing, or is given twice.
    """
    from connectors.credentials import read_private_file

    may_reuse = not is_elsewhere(system, source, place.entry(system.type))
    typed = {}
    for name, label in system.secrets.items():
        variable = f"TILLSIGHT_{name.upper()}"
        if getattr(settings, name) is not None:
            if options.secret_stdin:
                raise UnusableRequest(f"{variable} is set and would win over what is piped in. Unset one of them.")
            print_note(f"The {label} comes from {variable} and is not kept: set it wherever the pipeline runs.")
            continue
        is_kept = may_reuse and read_private_file(place.workspace, name) is not None
        secret = _secret(label, variable, options, is_kept=is_kept)
        if secret:
            typed[name] = secret
        elif not is_kept:
            raise UnusableRequest(f"The {label} is empty.")
    return typed


def _answered(system: System, old: Entry, options: Options) -> Entry:
    given = {name: value for name, value in options.values.items() if value is not None}
    values: Entry = {**old, "type": system.type, **given}
    if "url" in given:
        values["url"] = _address(str(given["url"]))
    for question in system.questions:
        if question.field not in given:
            default = str(old[question.field]) if question.field in old else question.default(values)
            answer = asked(question.text, question.option, default=default)
            values[question.field] = _address(answer) if question.field == "url" else answer
    if given.get("ca_file"):
        values["ca_file"] = _readable(Path(str(given["ca_file"])))
    values["store_contacts"] = _store_contacts(options, old)
    return values


def _address(url: str) -> str:
    """An address as it is kept: with its scheme, and without what a browser adds."""
    whole = url.strip() if "://" in url else f"https://{url.strip()}"
    return whole.partition("#")[0].partition("?")[0].rstrip("/")


def _readable(path: Path) -> str:
    if not path.is_file():
        raise UnusableRequest(f"--ca-file: there is no file {path}.")
    return str(path.resolve())


def _store_contacts(options: Options, old: Entry) -> bool:
    if options.store_contacts is not None:
        return options.store_contacts
    question = "Keep customers' names, e-mail addresses and telephone numbers (otherwise only a keyed hash)?"
    return confirmed(question, default=bool(old.get("store_contacts", False)))


def _secret(label: str, variable: str, options: Options, *, is_kept: bool) -> str:
    if options.secret_stdin and not is_at_terminal():
        return sys.stdin.readline().strip()
    if is_at_terminal():
        return asked_secret(f"{label} (nothing: the one that is kept)" if is_kept else label, may_be_empty=is_kept)
    if is_kept:
        return ""
    raise UnusableRequest(f"Say the {label}: set {variable}, or pipe it in with --secret-stdin.")
