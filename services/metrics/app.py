"""Wires the metrics service: the only place where its parts meet."""

from services.kit.http import application
from services.kit.metrics import registry
from services.kit.serve import Service
from services.kit.web import PageHeaders
from services.metrics.collector import Delivery
from services.metrics.settings import MetricsSettings
from services.metrics.stream import Plans


async def build(settings: MetricsSettings) -> Service:
    """The service, not yet working."""
    plans = Plans(settings.kafka_access, settings.namespace)
    metrics = registry()
    app = application("Milepost metrics", metrics, Delivery(plans.known).text)
    app.add_middleware(PageHeaders)
    return Service(app, plans.follow, alive={"tail": plans.well}, ready={"tail": plans.working})
