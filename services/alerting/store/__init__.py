"""Every Mongo query of alerting, one module for each thing that is kept.

Only shapes that any store answers without a scan: points by `_id`, equality on one index, two-sided ranges on one.
"""

from services.alerting.store.alerts import AlertStore
from services.alerting.store.answers import AnswerStore
from services.alerting.store.departments import DepartmentStore
from services.alerting.store.facts import FactStore
from services.alerting.store.notifications import NotificationStore
from services.alerting.store.queue import QueueStore
from services.alerting.store.sessions import TellingSessions
from services.alerting.store.states import StateStore
from services.alerting.store.subscriptions import SubscriptionStore
from services.kit.cursors import Cursors
from services.kit.mongo import Client, Database


class Store:
    """The database of alerting, as one replica uses it."""

    def __init__(self, client: Client, database: Database, replica: str = "1") -> None:
        self.client = client
        self.cursors = Cursors(database["cursors"])
        self.sessions = TellingSessions(client, database, replica)
        self.facts = FactStore(database)
        self.states = StateStore(database)
        self.departments = DepartmentStore(database)
        self.alerts = AlertStore(database)
        self.answers = AnswerStore(database)
        self.queue = QueueStore(database)
        self.subscriptions = SubscriptionStore(database)
        self.notifications = NotificationStore(database)

    async def prepare(self) -> None:
        """Creates the indexes."""
        for part in (self.states, self.alerts, self.answers, self.queue, self.subscriptions, self.notifications):
            await part.prepare()
