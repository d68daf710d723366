"""What the user may read, and which fields this site has: found out by asking for one record of each table.

DocTypes themselves cannot be read without rights that a reading user should not have, so the answers are all there is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from connectors.erpnext.client import ERPNextClient, Query
from connectors.erpnext.doctable import DocTable
from connectors.http import HttpError
from retail.errors import SourceError

UNKNOWN_FIELD: Final = 417
_FIELD_NAMED: Final = re.compile(r"Field not permitted in query: (\w+)")


@dataclass(frozen=True, slots=True)
class Access:
    """What of a table can be read.

    Attributes:
        state: `open`, `forbidden` (the user lacks the right) or `absent` (this version has no such DocType).
        fields: The fields that can be asked for.
    """

    state: Literal["open", "forbidden", "absent"]
    fields: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the table can be read."""
        return self.state == "open"


def probe(client: ERPNextClient, table: DocTable) -> Access:
    """Ask for one record, leaving out optional fields that the site does not know.

    Raises:
        SourceError: A field that is needed is not there, or the site does not answer.
    """
    fields = list(table.fields)
    while True:  # by name, which every table has an index on
        try:
            client.records(Query(table.doctype, fields, order_by="name asc", limit=1, parent=table.parent))
        except HttpError as error:
            if error.status in {403, 404}:
                return Access("forbidden" if error.status == 403 else "absent")
            if error.status != UNKNOWN_FIELD:
                raise
            fields.remove(_unknown_field(client, table, fields, error))
        else:
            return Access("open", tuple(fields))


def _unknown_field(client: ERPNextClient, table: DocTable, fields: list[str], error: HttpError) -> str:
    """The optional field that the site refused."""
    named = _FIELD_NAMED.search(str(error.body))
    field = named.group(1) if named else None
    if field not in fields:
        field = next((name for name in fields if name in table.optional and _is_refused(client, table, name)), None)
    if field is None or field not in table.optional:
        lost = f"the field {field}" if field else "a field"
        raise SourceError(
            f"erpnext: {table.doctype}: this site does not give {lost}, which is needed. Look whether it was removed "
            "or hidden from the user; ERPNext from 15 on has it."
        ) from error
    return field


def _is_refused(client: ERPNextClient, table: DocTable, field: str) -> bool:
    try:
        client.records(Query(table.doctype, [field], order_by="name asc", limit=1, parent=table.parent))
    except HttpError as error:
        if error.status == UNKNOWN_FIELD:
            return True
        raise
    return False
