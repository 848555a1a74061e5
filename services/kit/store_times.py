"""How long the store takes, by what it is asked: seen by the driver, so that no query has to be measured by hand."""

from prometheus_client import CollectorRegistry, Histogram
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

PASSED_OVER = frozenset({"ping", "createIndexes", "endSessions"})
"""What serves no request and no batch."""

OTHER = "other"
"""A command about no collection, such as the commit of a transaction."""


class StoreTimes(CommandListener):
    """A histogram of the driver's commands, by command and collection. Called in the driver's threads."""

    def __init__(self, to: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "milepost_store_duration_seconds",
            "Time of one command to the store, failed ones too, by command and collection",
            ["command", "collection"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=to,
        )
        self._under_way: dict[int, str] = {}

    def started(self, event: CommandStartedEvent) -> None:
        """Remembers which collection a command is about."""
        about = event.command.get("collection", event.command.get(event.command_name))
        self._under_way[event.request_id] = about if isinstance(about, str) else OTHER

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Takes the time of a command."""
        self._ended(event)

    def failed(self, event: CommandFailedEvent) -> None:
        """Takes the time of a command that failed."""
        self._ended(event)

    def _ended(self, event: CommandSucceededEvent | CommandFailedEvent) -> None:
        about = self._under_way.pop(event.request_id, OTHER)
        if event.command_name in PASSED_OVER:
            return
        self._seconds.labels(event.command_name, about).observe(event.duration_micros / 1e6)
