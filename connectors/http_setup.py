"""What is looked at before the first request: the address, the headers with the credentials, the certificates."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from retail.errors import ConfigurationError


def host_of(source: str, base_url: str) -> str:
    """Host, and port where it is given, of a server's address.

    Raises:
        ConfigurationError: It is no http or https address, or holds a password.
    """
    # An address with a password in it must not be shown, and the password may be what makes it wrong.
    shown = repr(base_url) if "@" not in base_url else "what is given"
    wrong = ConfigurationError(f"{source}: url: {shown} is no address such as https://shop.example.")
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        raise wrong from None
    if url.userinfo:
        raise ConfigurationError(f"{source}: url: leave user and password out of the address.")
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise wrong
    return url.host if url.port is None else f"{url.host}:{url.port}"


def sendable(source: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Headers, if they can be sent: libraries quote one that they refuse, and with it the credential.

    Raises:
        ConfigurationError: One holds a line break or the like. Does not show it.
    """
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise ConfigurationError(
            f"{source}: the key or token holds a line break or another character that none can have. Copy it again."
        )
    return dict(headers)


def tls_context(source: str, ca_file: Path | None) -> ssl.SSLContext:
    """Trust in the public certificates, or in those of a file alone.

    Raises:
        ConfigurationError: The file cannot be read as certificates.
    """
    try:
        return ssl.create_default_context(cafile=str(ca_file)) if ca_file else httpx.create_ssl_context()
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"{source}: ca_file: {ca_file} cannot be read as certificates: {error}.") from error
