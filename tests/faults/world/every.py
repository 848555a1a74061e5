"""The faults of servers, network, disks and clocks."""

from tests.faults.fault import Fault
from tests.faults.world import brokers, clocks, disks, links, restored

FAULTS: tuple[Fault, ...] = (*restored.FAULTS, *brokers.FAULTS, *links.FAULTS, *disks.FAULTS, *clocks.FAULTS)
