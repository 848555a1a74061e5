"""The sample plan is valid, honest about its dates, and moves as the demo promises."""

import datetime as dt
import json
import shlex
from collections import Counter

from deploy.local import demo, sample, sample_events
from schemas.envelope import STRUCTURED
from schemas.events import EVENT, MilestonePlanned
from schemas.names import may_speak, owner
from schemas.payloads import unknown_fields

DAY = dt.date(2026, 11, 25)
BY_NAME = {milestone.name: milestone for milestone in sample.MILESTONES}


def projected(moved: dict[str, int]) -> dict[str, int]:
    """Each milestone's day, pushed by what it needs; `moved` overrides forecasts. A cycle would not end."""
    known: dict[str, int] = {}

    def day(name: str) -> int:
        if name not in known:
            milestone = BY_NAME[name]
            own = moved.get(name, milestone.due if milestone.forecast is None else milestone.forecast)
            pushed = [day(needed) + lag for needed, lag in milestone.needs]
            known[name] = milestone.actual if milestone.actual is not None else max([own, *pushed])
        return known[name]

    return {name: day(name) for name in BY_NAME}


def slips(moved: dict[str, int]) -> dict[str, int]:
    """Days against the baseline."""
    return {name: day - BY_NAME[name].due for name, day in projected(moved).items()}


def test_every_event_is_of_the_contract_and_said_by_its_owner() -> None:
    """No misspelt field, no name that its department may not speak for, no date at a weekend, no id twice."""
    events = list(sample_events.events(DAY))
    for event in events:
        parsed = EVENT.validate_python(event)
        assert not list(unknown_fields(parsed.data))
        assert may_speak([owner(event["source"][1:])], parsed.subject)
        assert parsed.time.date() < DAY
        dates = [dt.date.fromisoformat(event["data"][name]) for name in sample_events.DATES if name in event["data"]]
        assert all(date.weekday() < 5 for date in dates)
    assert len({event["id"] for event in events}) == len(events)
    assert sum(isinstance(EVENT.validate_python(event), MilestonePlanned) for event in events) == len(BY_NAME)
    assert json.dumps(events) == json.dumps(list(sample_events.events(DAY)))


def test_it_is_three_departments_and_a_council_with_dependencies_across() -> None:
    """Some thirty milestones; each of the four owns some and needs something of another."""
    assert 28 <= len(BY_NAME) <= 36
    owners = Counter(owner(name) for name in BY_NAME)
    assert set(owners) == set(sample.DEPARTMENTS)
    assert min(owners.values()) >= 6
    crossing = {owner(m.name) for m in sample.MILESTONES for needed, _ in m.needs if owner(needed) != owner(m.name)}
    assert crossing == set(sample.DEPARTMENTS)
    assert {milestone.type for milestone in sample.MILESTONES} == {"approval", "assurance", "delivery", "engagement"}


def test_it_begins_with_most_on_track_and_a_few_late_with_a_reason() -> None:
    """A plan in which everything is late, or nothing, would show nothing."""
    open_slips = {name: slip for name, slip in slips({}).items() if BY_NAME[name].actual is None}
    late = {name for name, slip in open_slips.items() if slip > 14}
    slipping = {name for name, slip in open_slips.items() if 0 < slip <= 14}
    assert 1 <= len(late) <= 3
    assert 1 <= len(slipping) <= 3
    assert all(BY_NAME[name].reason for name in late)
    assert len(open_slips) - len(late) - len(slipping) >= 15
    done = [m.actual - m.due for m in sample.MILESTONES if m.actual is not None]
    assert min(done) < 0 < max(done)


def test_the_demo_moves_many_by_more_than_the_tolerance_across_all_four() -> None:
    """Including a chain of at least six that leads from the cause through every department."""
    moved = sample.MOVED
    assert slips({})[moved] == 0
    after = slips({moved: BY_NAME[moved].due + demo.MOVE_DAYS})
    worse = {name for name, slip in after.items() if slip - slips({})[name] > 14}
    assert len(worse) >= 10
    assert {owner(name) for name in worse} == set(sample.DEPARTMENTS)
    chains = [chain(name, after) for name in worse]
    assert any(len(path) >= 6 and {owner(name) for name in path} == set(sample.DEPARTMENTS) for path in chains)


def chain(name: str, after: dict[str, int]) -> list[str]:
    """From the moved milestone to this one, by what binds."""
    days = {other: slip + BY_NAME[other].due for other, slip in after.items()}
    binding = [needed for needed, lag in BY_NAME[name].needs if days[needed] + lag == days[name]]
    return [*(chain(binding[0], after) if binding else []), name]


def test_the_printed_command_is_one_valid_event() -> None:
    """curl with the wire's headers, a new id each time, and the present forecast plus 30 days."""
    about = {"keys": {"dft": "k e'y"}, "ingest": "http://127.0.0.1:8001", "plan": sample.PLAN, "moved": sample.MOVED}
    first, second = (shlex.split(demo.command(about, dt.date(2027, 1, 9))) for _ in range(2))
    assert first[:3] == ["curl", "-sS", "http://127.0.0.1:8001/events"]
    assert f"Content-Type: {STRUCTURED}" in first
    assert "Authorization: Bearer k e'y" in first
    event = json.loads(first[-1])
    EVENT.validate_python(event)
    assert event["data"]["forecast"] == "2027-02-08"
    assert event["id"] != json.loads(second[-1])["id"]
