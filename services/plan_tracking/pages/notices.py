"""HTML out: the accessibility statement and the privacy notice, for the pages of all services."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from services.kit.web import Site
from services.plan_tracking.pages.reading import html_routes


@dataclass(frozen=True, slots=True)
class Notices:
    """The pages about Milepost itself."""

    site: Site

    def router(self) -> APIRouter:
        """The routes."""
        return html_routes(("/accessibility", self.accessibility), ("/privacy", self.privacy))

    async def accessibility(self) -> HTMLResponse:
        """What can be read with what, how it is tested, and what falls short."""
        return self.site.page("accessibility.html")

    async def privacy(self) -> HTMLResponse:
        """What is kept of whom; who listens is never public."""
        return self.site.page("privacy.html")
