"""What holds of every door: none is missing among those that are tried, and none shows what is not for its reader."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from services.plan_tracking.app import build
from services.plan_tracking.settings import PlanTrackingSettings
from services.plan_tracking.store import Store
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.doors import doors, key
from tests.services.plan_tracking.every_door import APART, GETS, PATHS, POSTS, body, routes
from tests.services.plan_tracking.towns import JOBS

OWN = ("Aldermoor renewal", "Station link", "Market square", "County hub", "25000000", "Footfall", "Waiting times")
"""What only the plan of Aldermoor says."""
OUTSIDERS, READERS = [{}, key("defra")], [key("dluhc"), key("aldermoor-council")]


async def test_every_route_of_the_service_is_tried() -> None:
    """A new one without a request to it fails here; so does a request to one that is gone."""
    app = (await build(PlanTrackingSettings())).app
    found = set(routes(app.routes))
    assert {path for method, path in found if method == "GET"} - APART.keys() == set(GETS)
    assert {path for method, path in found if method == "POST"} == set(POSTS)
    assert {method for method, _ in found} == {"GET", "POST"}


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over a plan that is its owners' only, and a public one that needs it."""
    await towns.founded(store, renewal_plan=towns.renewal(visibility="owner"))
    async with doors(store, places=towns.places()) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_else_reads_of_a_plan_that_is_its_owners_only(http: httpx.AsyncClient, path: str) -> None:
    """It is not found, or not spoken of, with and without the key of another department."""
    for headers in OUTSIDERS:
        status, text = await body(http, path, headers)
        assert status < 500, path
        assert not [word for word in OWN if word in text], path
        if towns.RENEWAL in path:
            assert status == 404, path


@pytest.mark.parametrize("path", [path for path in PATHS if towns.RENEWAL in path and not path.startswith("/plans")])
async def test_its_owners_read_it(http: httpx.AsyncClient, path: str) -> None:
    """The lead and the contributors, at the doors that know a caller by its key."""
    to_come = "2026-11-2" in path.partition("?")[2].replace("2026-11-25", "")
    for headers in READERS:
        assert (await body(http, path, headers))[0] == (422 if to_come else 200), path


async def test_what_if_of_another_plan_does_not_speak_of_it(http: httpx.AsyncClient) -> None:
    """What needs it, and who would be moved in it."""
    for path, asked in POSTS["/api/plans/{lead}/{slug}/what-if"]:
        answer = await http.post(path, json=asked)
        assert answer.status_code == 200
        assert JOBS in answer.text
        assert not [word for word in (*OWN, "dft/station", towns.RENEWAL) if word in answer.text]
