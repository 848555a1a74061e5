"""The form of a page as the door takes it: what a person ticks, picks and types, in the fields that programs send."""

from collections.abc import Iterator

from starlette.datastructures import FormData, UploadFile

from services.ingest.returns.form import REPEATED

NEW, UNREAD = "*new", "*unread"
"""Picked in place of a milestone: it is a new one. Picked in place of a meaning: the column is not read."""


def as_sent(form: FormData) -> FormData:
    """The same answers in the door's own fields.

    A page names a field `rename:6.01.4` where the door takes `rename` with the value `6.01.4=title`; what was left as
    it is says nothing.
    """
    return FormData([pair for name, value in form.multi_items() for pair in _pairs(name, value)])


def _pairs(name: str, value: str | UploadFile) -> Iterator[tuple[str, str | UploadFile]]:
    field, _, about = name.partition(":")
    if not about:
        if value != "":
            yield name, value
        return
    if field not in REPEATED or not isinstance(value, str) or not value.strip():
        return
    if value == NEW:
        yield "new", about
    else:
        yield field, f"{about}={'' if value == UNREAD else value.strip()}"
