"""Counts the cells that an old Excel workbook (.xls) writes, before anything is kept of them."""

import struct

_HEADER = struct.Struct("<HH")
"""Of a record: its kind, and the bytes that follow ([MS-XLS] 2.1.4)."""

_CELL = frozenset({0x0006, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x0406, 0x027E})
"""Formulas, texts, numbers, truths, errors, and cells with a format alone; 0x0206 and 0x0406 in old versions."""

_CELLS = {0x00BD: 6, 0x00BE: 2}
"""Records of the cells of a row, numbers or formats alone, by the bytes of each; six more are of the record."""


def cells_in(stream: bytes, most: int) -> int:
    """How many cells are written in a workbook's records, those with a format alone among them; over `most`, some more.

    No record is read after those in which there are too many.
    """
    at, cells = 0, 0
    while at + _HEADER.size <= len(stream) and cells <= most:
        kind, size = _HEADER.unpack_from(stream, at)
        if kind in _CELL:
            cells += 1
        elif kind in _CELLS:
            cells += (size - 6) // _CELLS[kind]
        at += _HEADER.size + size
    return cells
