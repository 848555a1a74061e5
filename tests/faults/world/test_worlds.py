"""What the worlds are made of: each replica on links of its own, and clocks that stay on the same day."""

import datetime as dt
import sys
from pathlib import Path

import pytest

from deploy.local.ports import Ports
from deploy.local.process import output
from services.kit.words import london_day
from tests.faults.world.clocks import HOUR, Clocks, compiled, same_day
from tests.faults.world.disks import full
from tests.faults.world.lacking import Lacking
from tests.faults.world.linked import links, listeners, own


def test_every_service_has_a_link_to_whatever_it_needs() -> None:
    """Nothing of it is left to go past the network that can be cut."""
    assert links(1) == [
        "plan_tracking.1-kafka",
        "plan_tracking.1-store",
        "plan_tracking.1-ingest",
        "ingest.1-kafka",
        "ingest.1-store",
        "alerting.1-kafka",
        "alerting.1-store",
        "alerting.1-ingest",
        "metrics.1-kafka",
        "alerting-receiver",
    ]
    assert "alerting.2-store" in links(2)


def test_kafka_sends_each_client_back_to_its_own_link() -> None:
    """A broker tells its clients where it is: by another address they would go past the link."""
    link, behind = {"ingest.1-kafka": 2_001, "ingest.1-store": 2_002}, {"ingest.1-kafka": 3_001}
    said = dict(line.split("=", 1) for line in listeners(Ports(), link, behind).splitlines())
    assert "INGEST_1://127.0.0.1:3001" in said["listeners"].split(",")
    assert "INGEST_1://127.0.0.1:2001" in said["advertised.listeners"].split(",")
    assert own(link, "ingest.1")["MILEPOST_KAFKA"] == "127.0.0.1:2001"
    assert own(link, "ingest.1")["MILEPOST_MONGO"] == "mongodb://127.0.0.1:2002/?directConnection=true"


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_a_clock_that_is_off_stays_on_the_same_day(hour: int, ahead: dt.timedelta) -> None:
    """Ahead instead of behind, or behind instead of ahead, at any time of the day."""
    now = dt.datetime(2026, 11, 25, hour, 30, tzinfo=dt.UTC)
    assert london_day(now + same_day(ahead, now)) == london_day(now)


def test_a_disk_that_others_share_is_never_filled(tmp_path: Path) -> None:
    """Only one that was made for it."""
    with pytest.raises(ValueError, match="no disk of its own"), full(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


async def test_a_clock_that_is_put_off_is_that_of_its_process_alone(tmp_path: Path) -> None:
    """Only what o'clock it is: how long something takes stays as it is."""
    try:
        clocks = Clocks(tmp_path, await compiled(tmp_path))
    except Lacking as what:
        pytest.skip(str(what))
    settings = clocks.own("ingest.1")
    clocks.set("ingest.1", HOUR)
    says = "import time; began = time.monotonic(); time.sleep(0.01); print(time.time(), time.monotonic() - began)"
    there, lasted = (await output("clock", [sys.executable, "-c", says], env=settings)).split()
    assert float(there) - dt.datetime.now(dt.UTC).timestamp() == pytest.approx(HOUR.total_seconds(), abs=60)
    assert 0 < float(lasted) < 60
