"""Small workbooks written by hand, so that what a test puts in is what stands in the file."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape

Cell = str | int | float | bool | date | datetime | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 (sheets know no zones)
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = (
    f'<styleSheet xmlns="{_NAMESPACE}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy hh:mm"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def xlsx(sheets: Sheets) -> bytes:
    """An Excel workbook; dates and moments are numbers with a date format, as Excel keeps them."""
    names = list(sheets)
    entries = "".join(f'<sheet name="{escape(name)}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(names, 1))
    links = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i, _ in enumerate(names, 1)
    )
    links += f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_NAMESPACE}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "xl/styles.xml": _STYLES,
    }
    for number, rows in enumerate(sheets.values(), start=1):
        data = "".join(_row(index, row) for index, row in enumerate(rows, start=1))
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_NAMESPACE}"><sheetData>{data}</sheetData></worksheet>'
        )
    return _zipped(parts)


def ods(sheets: Sheets) -> bytes:
    """An OpenDocument workbook."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    base = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{base}:office:1.0" xmlns:table="{base}:table:1.0"'
        f' xmlns:text="{base}:text:1.0"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{base}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return _zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def xls(sheets: Sheets) -> bytes:
    """A workbook of Excel 97: records in a stream, in a container of sectors."""
    formats = b"".join(_record(0x00E0, struct.pack("<HHHHIIHH", 0, kind, 0, 0, 0, 0, 0, 0)) for kind in (0, 14, 22))
    bodies = [_xls_sheet(rows) for rows in sheets.values()]
    start = len(_BOF) + len(formats) + sum(12 + len(name) for name in sheets) + 4
    placed = b""
    for name, body in zip(sheets, bodies, strict=True):
        placed += _record(0x0085, struct.pack("<IBBBB", start, 0, 0, len(name), 0) + name.encode("latin-1"))
        start += len(body)
    return _container(_BOF + formats + placed + _record(0x000A, b"") + b"".join(bodies))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


_BOF = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0x0600))


def _xls_sheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    cells = b"".join(
        _xls_cell(row, column, cell)
        for row, values in enumerate(rows)
        for column, cell in enumerate(values)
        if cell is not None
    )
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0x0600))
    return start + cells + _record(0x000A, b"")


def _xls_cell(row: int, column: int, cell: Cell) -> bytes:
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(cell), 1) + text)
    if isinstance(cell, bool):
        return _record(0x0205, struct.pack("<HHHBB", row, column, 0, int(cell), 0))
    if isinstance(cell, datetime):
        return _record(0x0203, struct.pack("<HHHd", row, column, 2, (cell - _EPOCH).total_seconds() / 86400))
    if isinstance(cell, date):
        days = (datetime(cell.year, cell.month, cell.day) - _EPOCH).days  # noqa: DTZ001
        return _record(0x0203, struct.pack("<HHHd", row, column, 1, days))
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, float(cell or 0)))


def _container(stream: bytes) -> bytes:
    """A compound file with one stream, Workbook, of whole sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chain = [table, end, *range(3, 2 + sectors), end]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    header = (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
        + struct.pack("<IIIIIIIII", 1, 1, 0, 4096, end, 0, end, 0, 0)
    ).ljust(512, b"\xff")  # fmt: skip

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = (name + "\0").encode("utf-16-le") if name else b""
        return (
            text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, free, free, child) + bytes(36)
            + struct.pack("<IQ", first, size)
        )  # fmt: skip

    nothing = entry("", 0, free, 0, 0)
    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream)) + nothing * 2
    return header + fat + directory + stream


def _row(number: int, row: Sequence[Cell]) -> str:
    cells = "".join(_cell(f"{chr(65 + index)}{number}", cell) for index, cell in enumerate(row) if cell is not None)
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, cell: Cell) -> str:
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, datetime):
        return f'<c r="{place}" s="2"><v>{(cell - _EPOCH).total_seconds() / 86400!r}</v></c>'
    if isinstance(cell, date):
        return f'<c r="{place}" s="1"><v>{(datetime(cell.year, cell.month, cell.day) - _EPOCH).days}</v></c>'  # noqa: DTZ001
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell or "")}</t></is></c>'


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def _zipped(parts: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()
