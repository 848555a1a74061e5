"""Settings of plan-tracking."""

from pydantic import FilePath

from services.kit.settings import Settings


class PlanTrackingSettings(Settings):
    """Plans are published as data under `data_licence`, whose text is at `data_licence_url`.

    `places` is an optional register of places: a CSV file with the columns code, name, parent and successor.
    """

    port: int = 8000
    places: FilePath | None = None
    data_licence: str = "Open Government Licence v3.0"
    data_licence_url: str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
