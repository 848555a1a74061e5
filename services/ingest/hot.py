"""The one route that is called thousands of times a second, run without what the other routes need."""

from fastapi import Request
from fastapi.routing import APIRoute
from pymongo.errors import PyMongoError
from starlette.types import ASGIApp, Receive, Scope, Send

from services.kit.http import Problem, problem_response, store_away


class Hot:
    """ASGI middleware: a route whose endpoint takes the request and answers with a response.

    FastAPI documents the route, and would run it too; its way from the request to the endpoint takes as much time as
    the endpoint does.
    """

    def __init__(self, app: ASGIApp, route: APIRoute) -> None:
        self.app, self._route, self._methods = app, route, route.methods or set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http" or scope["path"] != self._route.path or scope["method"] not in self._methods:
            await self.app(scope, receive, send)
            return
        scope["route"] = self._route  # by which it is counted
        try:
            answer = await self._route.endpoint(Request(scope, receive))
        except Problem as problem:
            answer = problem_response(problem)
        except PyMongoError as error:
            answer = problem_response(store_away(error))
        await answer(scope, receive, send)
