"""Which columns of a table have its title, its dates and so on: by what their headers claim and their cells hold.

Where two columns could each be the forecast (or baseline, or actual date), neither is read until the sender says which.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.domain.returns.cells import may_be_date, says_no_date
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.grid import Value, letters
from services.ingest.domain.returns.headers import EXPECTED, WEAK, Claim, claim, is_person
from services.ingest.domain.returns.model import Meaning
from services.ingest.domain.returns.phrases import listed
from services.ingest.domain.returns.statuses import says_confidence
from services.ingest.domain.returns.table import Headers, Remark

_CHOSEN = -9
_SINGLE: tuple[Meaning, ...] = ("id", "title", "status", "resolution", "reason", "type", "project", "version")
_DATED: tuple[Meaning, ...] = ("baseline", "original_baseline", "actual")
_DUE: frozenset[Meaning] = frozenset({"forecast", "forecast_or_actual"})
_LOG = re.compile(r"[^;]{0,20}\d{1,2}:\d\d[^;]{0,10};[^;]{1,80};.*", re.DOTALL)
"""A comment as Jira writes it: when, who, what."""
_FLAGS = {"yes", "no", "true", "false", "y", "n", "x", "1", "0"}

Cells = Mapping[int, Mapping[int, Value]]
"""By column and row, what stands in the rows of a table."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The column of each meaning, those of dependencies, those that nothing may be shown of, and what to know of it.

    `contested` are columns with dates that none was given a meaning of.
    """

    columns: Mapping[Meaning, int]
    contested: tuple[int, ...]
    needs: tuple[int, ...]
    private: frozenset[int]
    remarks: tuple[Remark, ...]


@dataclass(slots=True)
class _Roles:
    """The same while it is being found."""

    headers: Headers
    cells: Cells
    claims: dict[int, Claim]
    columns: dict[Meaning, int] = field(default_factory=dict)
    contested: list[int] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def of(self, *means: Meaning) -> dict[int, Claim]:
        return {column: claimed for column, claimed in self.claims.items() if claimed.means in means}

    def named(self, columns: Iterable[int]) -> str:
        said = [f"{letters(column)} ({self.headers[column]})" for column in columns]
        return f"column{'s' if len(said) > 1 else ''} {listed(said)}"

    def note(self, column: int, message: str) -> None:
        self.remarks.append(Remark("noted", f"{self.named([column])} {message}"))


def roles(headers: Headers, cells: Cells, chosen: Mapping[str, Meaning | None]) -> Roles:
    """The roles of these columns; what was chosen for a header holds against whatever it claims."""
    found = _Roles(headers, cells, dict(_claims(headers, chosen)))
    people = {column for column, header in headers.items() if is_person(header) and column not in found.claims}
    private = frozenset(people | _logs(found))
    _drop_undated(found)
    _drop_confidence(found)
    _flag(found)
    for means in _SINGLE:
        _plainest(found, means)
    for means in _DATED:
        _only(found, means, found.of(means))
    _forecast(found)
    return Roles(found.columns, tuple(found.contested), tuple(sorted(found.of("needs"))), private, tuple(found.remarks))


def _claims(headers: Headers, chosen: Mapping[str, Meaning | None]) -> Iterator[tuple[int, Claim]]:
    for column, header in sorted(headers.items()):
        means = chosen.get(header)
        claimed = (Claim(means, _CHOSEN) if means else None) if header in chosen else claim(header)
        if claimed:
            yield column, claimed


def _logs(found: _Roles) -> set[int]:
    """Columns of comments with the names of those who wrote them; they are no reason that could be published."""
    logs = [
        column
        for column, claimed in found.of("reason").items()
        if claimed.rank != _CHOSEN and any(_LOG.fullmatch(str(value)) for value in found.cells[column].values())
    ]
    for column in logs:
        found.note(column, "says who wrote its comments, so it is not read")
        del found.claims[column]
    return set(logs)


def _drop_undated(found: _Roles) -> None:
    """Columns that claim dates and hold none: amounts, or yes and no."""
    for column, claimed in found.of(*DATES).items():
        values = found.cells[column].values()
        if values and claimed.rank != _CHOSEN and not any(may_be_date(v) or says_no_date(v) for v in values):
            found.note(column, "has no date that can be read, so it is not read as one")
            del found.claims[column]


def _drop_confidence(found: _Roles) -> None:
    for column, claimed in found.of("status").items():
        values = found.cells[column].values()
        if values and claimed.rank != _CHOSEN and says_confidence(values):
            found.note(column, "rates confidence, and does not say what is met: it is not read as a status")
            del found.claims[column]


def _flag(found: _Roles) -> None:
    """A column such as Milestone with yes and no under it tells which rows are milestones, and is no title."""
    titles = found.of("title")
    for column, claimed in titles.items():
        values = {str(value).strip().lower() for value in found.cells[column].values()}
        if len(titles) > 1 and values and values <= _FLAGS and claimed.rank != _CHOSEN:
            found.claims[column] = Claim("type", -1)


def _plainest(found: _Roles, means: Meaning) -> None:
    claims = found.of(means)
    if claims:
        found.columns[means] = min(claims, key=lambda column: (claims[column].rank, column))


def _only(found: _Roles, means: Meaning, claims: Mapping[int, Claim]) -> int | None:
    """Gives the meaning to the column that claims it most plainly, unless several do and say different dates."""
    best = min((claimed.rank for claimed in claims.values()), default=0)
    claiming = [column for column, claimed in claims.items() if claimed.rank == best]
    if not claiming:
        return None
    if best == _CHOSEN or _agree(found.cells, claiming):
        found.columns[means] = claiming[0]
        return claiming[0]
    found.contested += claiming
    what = means.replace("_", " ")
    message = f"{found.named(claiming)} could each be the {what}, so none of them is read"
    found.remarks.append(Remark("question", f"{message}: say what each means", means))
    return None


def _agree(cells: Cells, columns: Sequence[int]) -> bool:
    first, *others = columns
    return all(value == cells[first].get(row, value) for column in others for row, value in cells[column].items())


def _forecast(found: _Roles) -> None:
    """The forecast: the column called so; else one that is expected; else the only other date that it can be."""
    claims = found.of(*_DUE)
    best = min((claimed.rank for claimed in claims.values()), default=WEAK)
    strong = {column: claimed for column, claimed in claims.items() if claimed.rank < WEAK}
    column = _only(found, "forecast", strong or claims)
    if column is None:
        return
    claimed = claims[column]
    if claimed.means == "forecast_or_actual" and not (claimed.rank == WEAK and "actual" in found.columns):
        found.columns["forecast_or_actual"] = found.columns.pop("forecast")
    if best >= EXPECTED:
        found.note(column, f"is read as the {_due_of(found)}: correct what it means if it is not")
    _rest(found, {other: claims[other] for other in claims if claims[other].rank > claimed.rank})


def _due_of(found: _Roles) -> str:
    single = "forecast_or_actual" in found.columns
    return "forecast and, of what is done, as the actual date" if single else "forecast"


def _rest(found: _Roles, others: Mapping[int, Claim]) -> None:
    """Dates beside the forecast: the one that was planned is the baseline where there is no other."""
    planned = [column for column, claimed in others.items() if claimed.planned]
    if len(planned) == 1 and not found.columns.keys() & {"baseline", "original_baseline"}:
        found.columns["baseline"] = planned[0]
        found.note(planned[0], "is read as the baseline: correct what it means if it is not")
    for column in others:
        if column not in found.columns.values():
            found.note(column, "is not read: another column has the forecast. Say what it means if it is needed")
