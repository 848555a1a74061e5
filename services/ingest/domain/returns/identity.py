"""What points at each row of a list, and which id of the publisher's own it has."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.ingest.domain.returns.cells import shown
from services.ingest.domain.returns.headers import PLAIN_ID, claim
from services.ingest.domain.returns.model import Finding
from services.ingest.domain.returns.sheet import Sheet
from services.ingest.domain.returns.table import values_in

_LONGEST = 100
_SEPARATORS = "/="
"""What answers put behind a slot, so that none may have it."""

Ids = Mapping[int, str]
"""The ids of a sheet's rows, by row."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What points at a row; and its id, where it has one that outlives changes of the file."""

    slot: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class _Naming:
    """How the rows of one sheet are named; `repeated` are ids that another sheet has too."""

    sheet: Sheet
    ids: Ids
    one_of_several: bool
    repeated: frozenset[str]

    @property
    def counts(self) -> bool:
        """Whether its ids only count the rows from 1, so that a new row in between changes those that follow."""
        column = self.sheet.table.columns.get("id")
        header = self.sheet.table.headers.get(column or 0, "")
        claimed = claim(header)
        plain = claimed is not None and claimed.rank >= PLAIN_ID and header not in self.sheet.choices.columns
        return plain and list(self.ids.values()) == [str(number) for number in range(1, len(self.ids) + 1)]

    def of(self, row: int) -> Identity:
        said, prefix = self.ids.get(row), f"{self.sheet.grid.sheet} " if self.one_of_several else ""
        if said is None or len(said) > _LONGEST:
            return Identity(f"{prefix}row {row}")
        key = None if self.counts or said in self.repeated else said
        if set(said) & set(_SEPARATORS):
            return Identity(f"{prefix}row {row}", key)
        return Identity(f"{prefix if said in self.repeated else ''}{said}", key)


def identities(sheets: Sequence[Sheet]) -> tuple[list[Mapping[int, Identity]], list[Finding]]:
    """The identity of each row, by row, for each of these sheets; and what a person should know of them."""
    ids = [_ids(sheet) for sheet in sheets]
    several = len({sheet.grid.sheet for sheet in sheets}) > 1
    often = Counter(said for of_sheet in ids for said in set(of_sheet.values()))
    repeated = frozenset(said for said, times in often.items() if times > 1 and several)
    names = [_Naming(sheet, said, several, repeated) for sheet, said in zip(sheets, ids, strict=True)]
    found = [{row: naming.of(row) for row in naming.sheet.table.rows} for naming in names]
    return [*found], [finding for naming in names for finding in _about(naming)]


def _ids(sheet: Sheet) -> Ids:
    column = sheet.table.columns.get("id")
    values = values_in(sheet.grid, column, sheet.table.rows) if column else {}
    return {row: " ".join(shown(value).split()) for row, value in values.items()}


def _about(naming: _Naming) -> Iterator[Finding]:
    sheet = naming.sheet
    column = sheet.table.columns.get("id")
    if column and naming.ids and naming.counts:
        message = f"{sheet.named(column)} only counts the rows, so milestones are recognised by their titles"
        yield sheet.finding(message, "id")
    elif column and naming.repeated & set(naming.ids.values()):
        message = f"{sheet.named(column)} has ids that another sheet has too, so they are not kept as ids"
        yield sheet.finding(message, "id")
