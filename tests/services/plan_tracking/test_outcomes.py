"""The door for outcomes: what came of many events, in one call."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas.events import LogRecord
from services.plan_tracking.store import Store
from tests.events import PLAN, event
from tests.services.plan_tracking.doors import doors, key, said

DOOR = "/api/outcomes"


def report(identifier: str, name: str, hours: int, **data: Any) -> LogRecord:
    """A row of a return of dft, as at so many hours past noon."""
    at = f"2026-11-25T{12 + hours}:00:00Z"
    return event("milestone.reported", name, data, id=identifier, time=at, acceptedtime=at)


FOOTFALL = {"title": "Footfall", "unit": "%", "direction": "increase", "source": "Survey"}
RECORDS: Sequence[LogRecord] = (
    event("plan.published", PLAN, {"title": "Towns Fund"}, id="plan"),
    event("contributor.listed", PLAN, {"department": "dft"}, id="listed"),
    report("r1", "dft/a", 0, forecast="2027-03-01", reason="Consent"),
    report("r2", "dft/a", 1, forecast="2027-04-01"),
    report("r3", "dft/b", 1, baseline="2027-03-01"),
    event("outcome.defined", "dft/footfall", FOOTFALL, id="o1"),
    report("again", "dft/c", 0, forecast="2027-03-01"),
    report("again", "dft/c", 1, forecast="2027-03-02"),
    event("milestone.reported", "dwp/x", {"forecast": "2027-03-01"}, id="w1"),
)


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over the records."""
    await said(store, RECORDS)
    async with doors(store) as client:
        yield client


async def asked(http: httpx.AsyncClient, source: str, ids: Sequence[str]) -> dict[str, Any]:
    """The outcomes by id, as the source's own department is told."""
    answer = await http.post(DOOR, json={"source": source, "ids": list(ids)}, headers=key(source.strip("/")))
    assert answer.status_code == 200
    assert answer.json()["source"] == source
    found: dict[str, Any] = answer.json()["outcomes"]
    return found


async def test_each_event_has_its_outcome_under_its_id(http: httpx.AsyncClient) -> None:
    """Applied, superseded and by what, a fact's too; an id that is not known (yet) has none; said twice, two."""
    found = await asked(http, "/dft", ["r1", "r2", "r3", "o1", "again", "never"])
    assert {name: [one["outcome"] for one in outcomes] for name, outcomes in found.items()} == {
        "r1": ["applied"],
        "r2": ["applied"],
        "r3": ["applied"],
        "o1": ["applied"],
        "again": ["superseded", "applied"],
        "never": [],
    }
    [first] = found["r1"]
    assert (first["plan"], first["about"], first["holds"]) == (PLAN, "dft/a", ["reason"])
    assert first["superseded_by"] == [{"register": "forecast", "source": "/dft", "id": "r2"}]
    assert found["o1"][0]["about"] == "outcome|dft/footfall"


async def test_a_department_that_is_not_listed_waits(http: httpx.AsyncClient) -> None:
    """Also in one call for many."""
    assert [one["outcome"] for one in (await asked(http, "/dwp", ["w1"]))["w1"]] == ["waiting"]
    assert [one["about"] for one in (await asked(http, "/dluhc", ["plan"]))["plan"]] == [None]


async def test_one_is_answered_as_many_are(http: httpx.AsyncClient) -> None:
    """The older door says the same of each."""
    many = await asked(http, "/dft", ["r1", "again"])
    for name, outcomes in many.items():
        one = await http.get(DOOR, params={"source": "/dft", "id": name}, headers=key("dft"))
        assert one.json() == {"outcomes": outcomes}


async def test_a_thousand_are_found_in_one_call(store: Store) -> None:
    """Every row of a long return."""
    rows = [report(f"row-{n}", f"dft/m{n}", 0, forecast="2027-03-01") for n in range(1000)]
    await said(store, [*RECORDS[:2], *rows])
    async with doors(store) as client:
        found = await asked(client, "/dft", [f"row-{n}" for n in range(1000)])
    assert {one["about"] for outcomes in found.values() for one in outcomes} == {f"dft/m{n}" for n in range(1000)}
    assert {len(outcomes) for outcomes in found.values()} == {1}


async def test_only_the_source_s_own_key_may_ask(http: httpx.AsyncClient) -> None:
    """403 for another's, 401 without."""
    body = {"source": "/dft", "ids": ["r1"]}
    assert (await http.post(DOOR, json=body, headers=key("dwp"))).status_code == 403
    assert (await http.post(DOOR, json=body)).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"source": "/dft"}, "ids"),
        ({"source": "dft", "ids": []}, "source"),
        ({"source": "/dft", "ids": [""]}, "ids[0]"),
        ({"source": "/dft", "ids": [7]}, "ids[0]"),
        ({"source": "/dft", "ids": ["x"] * 1001}, "ids"),
        ({"source": "/dft", "ids": [], "id": "r1"}, "id"),
    ],
)
async def test_a_bad_question_is_refused_and_the_field_named(
    http: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    """422."""
    answer = await http.post(DOOR, json=body, headers=key("dft"))
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
