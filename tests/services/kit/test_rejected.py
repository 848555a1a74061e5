"""A refused record on its way to `milepost.rejected`."""

from collections.abc import Sequence

from aiokafka import ConsumerRecord

from services.kit.rejected import LONGEST, copy


def record(key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]] = ()) -> ConsumerRecord:
    """A record at offset 9 of partition 5."""
    return ConsumerRecord("milepost.inbox.dft", 5, 9, 0, 1, key, value, None, -1, -1, headers)


def test_it_is_kept_as_it_came_with_the_reason_and_its_place_behind_it() -> None:
    """Also where it brings headers of the same names: the last are ours."""
    kept = copy(record(b"\xff", b"\x00", [("h", None), ("milepost-reason", b"none")]), "time: required", "milepost")
    assert (kept.topic, kept.partition, kept.key, kept.value) == ("milepost.rejected", 2, b"\xff", b"\x00")
    assert kept.headers == (
        ("h", None),
        ("milepost-reason", b"none"),
        ("milepost-reason", b"time: required"),
        ("milepost-from", b"milepost.inbox.dft/5/9"),
    )


def test_a_reason_that_quotes_without_end_is_cut_and_what_is_no_text_is_escaped() -> None:
    """The copy must go onto the topic, whatever was refused."""
    kept = copy(record(None, b""), "\ud800" + "x" * 1_000_000, "milepost")
    reason = dict(kept.headers)["milepost-reason"] or b""
    assert reason.startswith(b"\\ud800x")
    assert len(reason) < LONGEST + 10


def test_a_record_of_nothing_at_all_has_a_copy_that_says_so() -> None:
    """No producer here could write one."""
    kept = copy(record(None, None), "the value is empty", "milepost")
    assert (kept.value, kept.headers[-1]) == (b"", ("milepost-was-null", b"value"))
