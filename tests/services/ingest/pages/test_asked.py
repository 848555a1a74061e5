"""What a page's form says, in the door's own fields."""

import pytest
from starlette.datastructures import FormData

from services.ingest.pages.asked import NEW, UNREAD, as_sent
from services.ingest.pages.signing import HOME, own_path


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("plan", "dluhc/x", [("plan", "dluhc/x")]),
        ("project", "", []),
        ("statuses", "=open", [("statuses", "=open")]),
        ("rename:6.01.4", " A new title ", [("rename", "6.01.4=A new title")]),
        ("rename:6.01.4", "", []),
        ("same:row 7", "dft/are/obc", [("same", "row 7=dft/are/obc")]),
        ("same:row 7", NEW, [("new", "row 7")]),
        ("columns:Due: agreed", "baseline", [("columns", "Due: agreed=baseline")]),
        ("columns:Due", UNREAD, [("columns", "Due=")]),
        ("order:Due", "month-first", [("order", "Due=month-first")]),
        ("publish:x", "true", []),
    ],
)
def test_a_field_about_something_is_the_doors_field_with_a_value_for_it(
    name: str, value: str, sent: list[tuple[str, str]]
) -> None:
    """What was left as it is says nothing; a field that is no answer says nothing either."""
    assert as_sent(FormData([(name, value)])).multi_items() == sent


@pytest.mark.parametrize("said", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", ""])
def test_nobody_is_led_away_after_signing_in(said: str) -> None:
    """Only a path on this site is followed."""
    assert own_path(said) == HOME
    assert own_path("/publish/receipts/1?row=2") == "/publish/receipts/1?row=2"
