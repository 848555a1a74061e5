"""Which milestone each row of a return is: one that is known, a new one, or a question for its sender."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter, ValidationError

from schemas.names import MilestoneName, owner
from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.known import Known
from services.ingest.domain.returns.likeness import alike
from services.ingest.domain.returns.model import LONGEST_TITLE, Finding, Row
from services.ingest.domain.returns.names import milestone_name, slug_of, squashed
from services.ingest.domain.returns.questions import (
    another_row,
    continues,
    foreign,
    renamed,
    several,
    taken,
    two_ways,
    unknown,
)

MOST_PAIRS = 50_000
"""Pairs of a new title and a known one that are compared: a bound on the work that a return can cause."""

_NAME: TypeAdapter[str] = TypeAdapter(MilestoneName)


@dataclass(frozen=True, slots=True)
class Matched:
    """The milestone that a row is: its name, and the known one that it continues (None: it is new).

    A row with obstacles is not published; where one is a question, `maybe` are the milestones that it is about.
    """

    name: str | None = None
    known: Known | None = None
    obstacles: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    maybe: tuple[Known, ...] = ()


Find = Callable[[Row], Matched | None]
Called = tuple[str, str, str]
"""A project, a title and a version: slugs, the last two squashed."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Matches rows of a department: by what is answered, else by key, else by project and title.

    `known` are the milestones that they may continue, by name; `planned` the names in today's plan, others' too; `sent`
    what the same rows, by slot, were when they were sent before, which they stay.
    """

    answers: Answers
    known: Mapping[str, Known]
    planned: Collection[str] = ()
    sent: Mapping[str, str] = field(default_factory=dict)

    def rows(self, rows: Sequence[Row]) -> list[Matched]:
        """What each row is. Those that are left out are named too, and are in nobody's way."""
        left_out = [row.slot in self.answers.leave_out for row in rows]
        kept, out = (
            iter(self._together([row for row, left in zip(rows, left_out, strict=True) if left is wanted]))
            for wanted in (False, True)
        )
        return [replace(next(out), obstacles=(), maybe=()) if left else next(kept) for left in left_out]

    def _together(self, rows: Sequence[Row]) -> list[Matched]:
        found: dict[int, Matched] = {}
        for stage in (self._as_said, self._by_title, self._by_name, self._as_new):
            rest = {place: row for place, row in enumerate(rows) if place not in found}
            find = stage(self._free(found.values()), list(rest.values()))
            found |= {place: matched for place, row in rest.items() if (matched := find(row))}
        return list(_apart(rows, [found[place] for place in range(len(rows))], self.answers))

    def _free(self, matched: Iterable[Matched]) -> list[Known]:
        names = {one.name for one in matched}
        return [known for name, known in self.known.items() if name not in names]

    def _as_said(self, free: Sequence[Known], _: Sequence[Row]) -> Find:
        by_key, titles = {known.key: known for known in free if known.key}, _index(free)

        def find(row: Row) -> Matched | None:
            if row.slot in self.sent:
                return self._own(row, self.sent[row.slot])
            if row.slot in self.answers.same:
                return self._answered(row, self.answers.same[row.slot])
            if row.key is None or row.slot in self.answers.new:
                return None
            if named := self._named(row, row.key):
                return named
            known = by_key.get(row.key)
            return _by_key(row, known, titles) if known else None

        return find

    def _answered(self, row: Row, name: str) -> Matched:
        known = self.known.get(name)
        return _continued(row, known) if known else Matched(obstacles=(unknown(row, name),))

    def _named(self, row: Row, key: str) -> Matched | None:
        """What a row is whose id is the name of a milestone, as in our template."""
        if not _is_name(key):
            return None
        if owner(key) == self.answers.department:
            return self._own(row, key)
        return Matched(obstacles=(foreign(row, key),)) if key in self.planned else None

    def _own(self, row: Row, name: str) -> Matched:
        return _continued(row, self.known[name]) if name in self.known else Matched(name)

    def _by_title(self, free: Sequence[Known], _: Sequence[Row]) -> Find:
        titles = _index(free)
        return lambda row: self._one_of(row, titles.get(_called_in(row), ()))

    def _by_name(self, free: Sequence[Known], _: Sequence[Row]) -> Find:
        names: dict[str, list[Known]] = defaultdict(list)
        for known in free:
            names[squashed(known.name)].append(known)
        return lambda row: self._one_of(row, names.get(squashed(self._name(row) or ""), ()))

    def _one_of(self, row: Row, known: Sequence[Known]) -> Matched | None:
        if not known or row.slot in self.answers.new:
            return None
        return _continued(row, known[0]) if len(known) == 1 else _question(several(row, known), known)

    def _as_new(self, free: Sequence[Known], rows: Sequence[Row]) -> Find:
        often, near = Counter(map(self._name, rows)), _by_project(free)
        compared = near if _pairs(rows, near) <= MOST_PAIRS else {}

        def find(row: Row) -> Matched:
            if row.slot in self.answers.new:
                return self._new(row, row.key if often[self._name(row)] > 1 else None)
            like = [one for one in compared.get(_project(row), ()) if _may_be(row, one)]
            return _question(renamed(row, like), like) if like else self._new(row)

        return find

    def _new(self, row: Row, key: str | None = None) -> Matched:
        if slug_of(row.project) is None:
            return Matched()
        name = self._name(row, key)
        if name is None or len(row.title) > LONGEST_TITLE:
            return Matched(obstacles=(_unnameable(row),))
        if name not in self.known:
            return Matched(name)
        forced = row.slot in self.answers.new and row.key is not None and key is None
        return self._new(row, row.key) if forced else Matched(obstacles=(taken(row, self.known[name]),))

    def _name(self, row: Row, key: str | None = None) -> str | None:
        """The row's name, were it new."""
        try:
            return milestone_name(self.answers.department, row.project, row.title, row.version, key)
        except ValueError:
            return None


def _is_name(key: str) -> bool:
    try:
        return "/" in _NAME.validate_python(key)
    except ValidationError:
        return False


def _by_key(row: Row, known: Known, titles: Mapping[Called | None, Sequence[Known]]) -> Matched:
    called = _called_in(row)
    others = [one for one in titles.get(called, ()) if one is not known]
    if others and called not in _calls(known):
        return _question(two_ways(row, known, others[0]), [known, *others])
    return _continued(row, known)


def _continued(row: Row, known: Known) -> Matched:
    return Matched(known.name, known, notes=tuple(continues(row, known)))


def _question(asked: Finding, maybe: Sequence[Known]) -> Matched:
    return Matched(obstacles=(asked,), maybe=tuple(maybe))


def _unnameable(row: Row) -> Finding:
    if len(row.title) > LONGEST_TITLE:
        why = f"the title has {len(row.title)} letters: shorten it to {LONGEST_TITLE}"
    else:
        why = f"{row.title!r} has no letter or digit that a name can be made of: give the milestone another title"
    return row.finding("refused", "title", f"{row.slot}: {why}")


def _project(row: Row) -> str:
    return slug_of(row.project) or ""


def _by_project(known: Iterable[Known]) -> Mapping[str, list[Known]]:
    """Those that may still be renamed, by their projects."""
    near: dict[str, list[Known]] = defaultdict(list)
    for one in known:
        if one.is_open:
            near[one.project].append(one)
    return near


def _pairs(rows: Iterable[Row], near: Mapping[str, Sequence[Known]]) -> int:
    return sum(len(near.get(_project(row), ())) for row in rows)


def uncompared(rows: Sequence[Row], matched: Sequence[Matched], known: Iterable[Known]) -> Iterator[Finding]:
    """That new titles were not compared with those that are absent, where there are too many of both."""
    names = {one.name for one in matched}
    near = _by_project(one for one in known if one.name not in names)
    new = [row for row, one in zip(rows, matched, strict=True) if one.known is None and one.name]
    if _pairs(new, near) > MOST_PAIRS:
        message = (
            f"{len(new):,} titles are new, and many that are known are not in the file: look whether some are the same "
            "milestones under new titles, and answer same= for those"
        )
        yield Finding("noted", message, field="title")


def _called_in(row: Row) -> Called | None:
    return _called(_project(row), row.title, row.version)


def _called(project: str, title: str, version: str | None) -> Called | None:
    said = slug_of(title)
    return (project, squashed(said), squashed(slug_of(version) or "")) if said else None


def _calls(known: Known) -> set[Called]:
    return {called for title in known.titles if (called := _called(known.project, title, known.version))}


def _index(known: Iterable[Known]) -> Mapping[Called | None, list[Known]]:
    """What is known by title and version; by title alone too, for files that no longer state the version."""
    titles: dict[Called | None, list[Known]] = defaultdict(list)
    for one in known:
        for called in _calls(one) | {(project, title, "") for project, title, _ in _calls(one)}:
            titles[called].append(one)
    return titles


def _may_be(row: Row, known: Known) -> bool:
    two_keys = row.key is not None and known.key is not None
    return not two_keys and any(alike(row.title, title) for title in known.titles)


def _apart(rows: Sequence[Row], matched: Sequence[Matched], answers: Answers) -> Iterator[Matched]:
    """The rows, each with an obstacle where another has its name or its slot."""
    by_name, by_slot = defaultdict(list), defaultdict(list)
    for row, one in zip(rows, matched, strict=True):
        by_slot[row.slot].append(row)
        for name in _names(row, one, answers):
            by_name[name].append(row)
    for row, one in zip(rows, matched, strict=True):
        same = max((by_name[name] for name in _names(row, one, answers)), key=len, default=[row])
        yield replace(one, obstacles=(*one.obstacles, *another_row(row, one.name, same, by_slot[row.slot])))


def _names(row: Row, matched: Matched, answers: Answers) -> set[str]:
    """What must be this row's alone: its name, and whatever differs from it in case, dash, space or accent only."""
    if matched.name is None:
        return set()
    return {matched.name} if row.slot in answers.new else {matched.name, squashed(matched.name)}
