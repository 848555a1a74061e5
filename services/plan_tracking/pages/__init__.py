"""HTML out: what people read of plans, of what lies across them, and of Milepost itself."""

from pathlib import Path

from fastapi import APIRouter

from services.kit.web import Site
from services.plan_tracking.pages.across import AcrossPages
from services.plan_tracking.pages.comparing import ComparePage
from services.plan_tracking.pages.home import HomePage
from services.plan_tracking.pages.milestone import Answered, MilestonePage, unanswered
from services.plan_tracking.pages.notices import Notices
from services.plan_tracking.pages.plan import PlanPage
from services.plan_tracking.pages.trying import WhatIfPage
from services.plan_tracking.pages.waiting import WaitingPage
from services.plan_tracking.pictures import Pictures
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.views import Views

TEMPLATES = Path(__file__).parent.with_name("templates")


def pages(viewers: Viewers, views: Views, site: Site, answers: Answered = unanswered) -> APIRouter:
    """The routes of the pages; `site` is made of TEMPLATES, `answers` tells what offices have said to alerts.

    To what the reader may not see the answer is 404, as if it were not there.
    """
    router = APIRouter()
    for each in (
        HomePage(viewers, views, site),
        ComparePage(viewers, Pictures(viewers.store, viewers.past), site),
        WhatIfPage(viewers, site),
        MilestonePage(viewers, site, answers),
        PlanPage(viewers, site),
        WaitingPage(viewers, site),
        AcrossPages(viewers, views, site),
        Notices(site),
    ):
        router.include_router(each.router())
    return router
