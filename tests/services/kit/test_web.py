"""The page shell: escaping, headers, static files and the "not found" page, in a real application."""

import pathlib
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from jinja2 import UndefinedError
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.kit import web
from services.kit.http import application

HOSTILE = "<img src=x onerror=alert(1)> {{7*7}} \u202edrow\nnext"
SAFE = "&lt;img src=x onerror=alert(1)&gt; {{7*7}} drow next"


def _site(folder: pathlib.Path) -> web.Site:
    (folder / "page.html").write_text(
        '{% extends "kit/shell.html" %}{% block title %}{{ name }}{% endblock %}'
        '{% block content %}<p title="{{ name }}">{{ name }}</p>{% endblock %}'
    )
    return web.Site(folder)


@pytest.fixture
async def client(tmp_path: pathlib.Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with one page."""
    app, site = application("test", CollectorRegistry()), _site(tmp_path)
    web.install(app, site)

    @app.get("/page")
    async def page() -> HTMLResponse:
        return site.page("page.html", name=HOSTILE)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pages") as client:
        yield client


async def test_a_hostile_name_is_harmless_and_legible(client: httpx.AsyncClient) -> None:
    """Markup is escaped, templates are not evaluated, the direction is not turned and lines are not broken."""
    answer = await client.get("/page")
    assert answer.text.count(SAFE) == 3
    assert "<img src=x" not in answer.text
    assert "\u202e" not in answer.text


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    """Pages, static files, problems and missing pages alike."""
    for path in ("/page", "/static/milepost.css", "/nothing", "/metrics"):
        answer = await client.get(path)
        assert {name: answer.headers[name] for name in web.HEADERS} == web.HEADERS, path


async def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    """No unsafe source, no script but our own files, and a page has nothing inline."""
    policy = (await client.get("/page")).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert {"script-src 'self'", "connect-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    assert "unsafe" not in policy
    assert "http" not in policy
    body = (await client.get("/page")).text
    assert not any(inline in body for inline in ("<script", "<style", " style=", "http://", "https://"))


async def test_static_files_are_named_by_content_and_kept(client: httpx.AsyncClient) -> None:
    """The page links to the style sheet's digest, and a browser may keep it for ever."""
    page = (await client.get("/page")).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = await client.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert "?v=" in address


async def test_a_missing_page_is_a_page_to_a_browser_and_a_problem_to_a_program(client: httpx.AsyncClient) -> None:
    """The answer to a wrong address is in the form that was asked for."""
    page = await client.get("/nothing", headers={"accept": "text/html,*/*"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page here" in page.text
    problem = await client.get("/nothing", headers={"accept": "application/json"})
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


async def test_a_missing_page_works_without_the_kit_s_problems() -> None:
    """An application with FastAPI's own error handler answers programs with that."""
    app = FastAPI()
    web.install(app, web.Site(pathlib.Path(__file__).parent))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pages") as client:
        assert (await client.get("/nothing")).json() == {"detail": "Not Found"}


def test_a_template_that_names_what_it_was_not_given_fails(tmp_path: pathlib.Path) -> None:
    """A misspelt name is an error, not an empty place on a page."""
    with pytest.raises(UndefinedError, match="name"):
        _site(tmp_path).page("page.html")


async def test_pages_are_compressed(client: httpx.AsyncClient) -> None:
    """A page of any size travels compressed to whoever can read that."""
    answer = await client.get("/static/milepost.css", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("address", ["/plain", "/plain?plan=dluhc/a&of=b%26c=d%C3%A9", "/plain?"])
async def test_whoever_has_to_sign_in_is_led_back_to_the_address_that_was_asked_for(address: str) -> None:
    """Its query too, as it was written: none of it becomes the form's own."""

    async def asked(request: Request) -> Response:
        return web.to_sign_in(request, "https://ingest.example")

    app = Starlette(routes=[Route("/plain", asked)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pages") as client:
        answer = await client.get(address)
    form = urlsplit(answer.headers["location"])
    assert (answer.status_code, form.netloc, form.path) == (303, "ingest.example", "/sign-in")
    assert parse_qsl(form.query) == [("next", address.rstrip("?"))]
