"""Small OpenDocument spreadsheets for tests, as XML."""

import io
import zipfile
from collections.abc import Mapping

_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
    }.items()
)
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
KIND = "application/vnd.oasis.opendocument.spreadsheet"


def text(said: str, **more: object) -> str:
    """A cell that holds a text; `more` are attributes of it (`columns_spanned=2`)."""
    return f'<table:table-cell office:value-type="string"{_attributes(more)}><text:p>{said}</text:p></table:table-cell>'


def value(kind: str, said: object, shown: str = "", **more: object) -> str:
    """A cell of this type ("float", "date", "boolean") that holds this."""
    name = {"date": "date-value", "boolean": "boolean-value", "time": "time-value"}.get(kind, "value")
    content = f"<text:p>{shown}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="{kind}" office:{name}="{said}"{_attributes(more)}>{content}'


def row(*cells: str, **more: object) -> str:
    """A row of cells; an empty string is an empty cell."""
    filled = "".join(cell or "<table:table-cell/>" for cell in cells)
    return f"<table:table-row{_attributes(more)}>{filled}</table:table-row>"


def sheet(name: str, *rows: str, columns: str = "", style: str = "shown") -> str:
    """A sheet of these rows."""
    return f'<table:table table:name="{name}" table:style-name="{style}">{columns}{"".join(rows)}</table:table>'


_STYLES = (
    '<style:style style:name="shown"><style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="hidden"><style:table-properties table:display="false"/></style:style>'
    '<number:date-style style:name="N1"><number:month/><number:text>-</number:text><number:year/></number:date-style>'
    '<number:date-style style:name="N2"><number:day/><number:month/><number:year/></number:date-style>'
    '<style:style style:name="month" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="N2"/>'
)


def content(*sheets: str, before: str = "") -> bytes:
    """The content of a spreadsheet; `before` stands before its sheets."""
    return (
        f'<?xml version="1.0"?><office:document-content {_NAMES} {_CALC}><office:automatic-styles>{_STYLES}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{before}{''.join(sheets)}</office:spreadsheet>"
        "</office:body></office:document-content>"
    ).encode()


def document(*sheets: str, before: str = "", parts: Mapping[str, bytes] | None = None) -> bytes:
    """A spreadsheet of these sheets; `parts` replace those of the file."""
    stream = io.BytesIO()
    made = {
        "mimetype": KIND.encode(),
        "META-INF/manifest.xml": b"<manifest/>",
        "content.xml": content(*sheets, before=before),
    }
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (made | dict(parts or {})).items():
            archive.writestr(name, part)
    return stream.getvalue()


def _attributes(more: Mapping[str, object]) -> str:
    return "".join(f' {_attribute(name)}="{value}"' for name, value in more.items())


def _attribute(name: str) -> str:
    special = {
        "style": "table:style-name",
        "visibility": "table:visibility",
        "formula": "table:formula",
        "calc": "calcext:value-type",
    }
    return special.get(name, f"table:number-{name.replace('_', '-')}")
