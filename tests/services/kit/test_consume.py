"""Consumption: a cursor that does not belong to the log is refused."""

import pytest
from aiokafka import TopicPartition

from services.kit.consume import Refused, refuse_outside
from services.kit.cursors import Cursor

HERE = TopicPartition("milepost.events", 3)


@pytest.mark.parametrize("following", [5, 7, 9])
def test_a_cursor_inside_the_partition_is_accepted(following: int) -> None:
    """Its first and its end offset included."""
    refuse_outside(HERE, Cursor(following), 5, 9)


@pytest.mark.parametrize("following", [4, 10])
def test_a_cursor_outside_is_refused_in_a_sentence(following: int) -> None:
    """Records were lost, or the store belongs to another Kafka: never reset, always said."""
    with pytest.raises(Refused, match=r"do not belong together.*nothing was reset"):
        refuse_outside(HERE, Cursor(following), 5, 9)
