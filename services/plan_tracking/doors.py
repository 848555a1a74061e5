"""Every door that shows plans, in the order in which their addresses are matched: before the pages."""

from fastapi import APIRouter

from services.kit.web import Site
from services.plan_tracking.calendars import calendars
from services.plan_tracking.exports import Exports, Licence
from services.plan_tracking.followers import Followers
from services.plan_tracking.histories import HistoryDoors
from services.plan_tracking.live import Live
from services.plan_tracking.overviews import OverviewApi
from services.plan_tracking.packs import Packs
from services.plan_tracking.pictures import Pictures
from services.plan_tracking.plans import PlanDoors
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.views import Views


def doors(
    viewers: Viewers, views: Views, followers: Followers, site: Site, licence: Licence, address: str
) -> APIRouter:
    """The routes; `address` is what links to this service begin with."""
    pictures, router = Pictures(viewers.store, viewers.past), APIRouter()
    for each in (
        PlanDoors(viewers, pictures),
        HistoryDoors(viewers),
        Packs(viewers, pictures, site),
        Exports(viewers, pictures, licence, address),
        Live(viewers, followers),
        OverviewApi(viewers, views),
    ):
        router.include_router(each.router())
    router.include_router(calendars())
    return router
