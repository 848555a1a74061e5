"""What the pages of alerting share: who reads them, the way to sign in, and forms that only our own pages can send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from itsdangerous import URLSafeTimedSerializer
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse

from services.kit.http import Problem, read_body
from services.kit.identity import NOBODY, SESSION_SECONDS, Identities, Identity, opened
from services.kit.web import Site, form_of, require_same_origin, to_sign_in

MOST_FORM_BYTES = 20_000


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a form: a heading, and each field with what is wrong there."""

    title: str
    errors: list[dict[str, str]]


class Frame:
    """Renders the pages; `secret` signs the token of each form, `ingest` is where one signs in."""

    def __init__(self, site: Site, identities: Identities, secret: str, ingest: str) -> None:
        self._site, self._identities = site, identities
        self._signer = URLSafeTimedSerializer(secret, salt="milepost-form")
        self._ingest = ingest

    def page(self, template: str, who: Identity, status: int = 200, **context: Any) -> HTMLResponse:
        """A page for a reader, whose forms can be sent by this reader alone."""
        token = self._signer.dumps(list(who.departments))
        return self._site.page(template, status, departments=who.departments, token=token, **context)

    async def reader(self, request: Request) -> Identity:
        """Who reads; nobody in particular without a session that holds."""
        try:
            return await self._identities.claimed(request)
        except Problem as problem:
            if problem.status != 401:
                raise
            return NOBODY

    def sign_in(self, request: Request) -> RedirectResponse:
        """The way to the form that asks for a key."""
        return to_sign_in(request, self._ingest)

    async def form(self, request: Request, who: Identity) -> dict[str, str]:
        """The fields of a form that one of our pages gave to this reader; raises a 403 problem for any other."""
        said = await plain_form(request)
        if opened(self._signer, said.pop("token", ""), SESSION_SECONDS) != list(who.departments):
            raise Problem(403, "Not from here", "This form is too old, or not ours: open the page, and send it again")
        return said


async def plain_form(request: Request) -> dict[str, str]:
    """The fields of a form that came from this site; those left empty are left out."""
    require_same_origin(request)
    return {name: value for name, value in form_of(await read_body(request, MOST_FORM_BYTES)).items() if value.strip()}


def faults(error: ValidationError | Problem, names: Mapping[str, str]) -> Faults:
    """What is wrong with a form, by what its fields are called there."""
    if isinstance(error, Problem):
        errors = error.body.get("errors") or [{"field": "", "detail": error.body.get("detail", "")}]
        return Faults(error.body["title"], [{**one, "field": names.get(one["field"], one["field"])} for one in errors])
    found = error.errors(include_url=False, include_input=False)
    said = [(str(one["loc"][0]) if one["loc"] else "", one["msg"].removeprefix("Value error, ")) for one in found]
    return Faults("This could not be taken", [{"field": names.get(f, f), "detail": what} for f, what in said])
