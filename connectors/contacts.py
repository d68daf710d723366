"""Names, e-mail addresses and telephone numbers: kept only by permission, else as a keyed hash.

A hash tells whether two customers share an address without telling the address. Its key lies in the workspace, so
hashes of two businesses cannot be compared, and a list of known addresses cannot be tried without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Final

from connectors.credentials import read_private_file, write_private_file
from retail.workspace import Workspace

KEY_FILE: Final = "customer_hash_key"


class ContactHasher:
    """Hashes contacts with the workspace's key (HMAC-SHA256, 32 hexadecimal digits kept)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def email(self, address: str | None) -> str | None:
        """Hash of an e-mail address, whatever its capitals and surrounding blanks; None for none."""
        return self._hash("email", (address or "").strip().lower())

    def phone(self, number: str | None) -> str | None:
        """Hash of a telephone number, whatever stands between its digits; None for none."""
        return self._hash("phone", re.sub(r"\D", "", number or ""))

    def text(self, value: str | None) -> str | None:
        """Hash of any other text that names a person, such as an id made of a name; None for none."""
        return self._hash("text", (value or "").strip())

    def _hash(self, kind: str, value: str) -> str | None:
        if not value:
            return None
        return hmac.new(self._key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def contact_hasher(workspace: Workspace) -> ContactHasher:
    """The workspace's hasher; its key is made the first time.

    Raises:
        ConfigurationError: Others than its owner can read the key.
    """
    key = read_private_file(workspace, KEY_FILE)
    if key is None:
        key = secrets.token_hex(32)
        write_private_file(workspace, KEY_FILE, key)
    return ContactHasher(bytes.fromhex(key))
