"""A file is recognised by its content."""

import pytest

from services.ingest.domain.returns.model import Choices
from services.ingest.readers.file import read_file
from services.ingest.readers.refusal import UnreadableFile
from tests.services.ingest.readers.books import AS_AT, quarterly_return, saved

TABLE = "ID,Milestone,Forecast,Status\n7,Opening,2027-05-01,open\n"
MSPDI = (
    '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><Tasks><Task><UID>7</UID><ID>1</ID>'
    "<Name>Opening</Name><Milestone>1</Milestone><Finish>2027-05-01T17:00:00</Finish></Task></Tasks></Project>"
)
XER = (
    "ERMHDR\t19.12\n%T\tPROJECT\n%F\tproj_id\tproj_short_name\n%R\t1\tBRIDGE-1\n"
    "%T\tTASK\n%F\ttask_id\tproj_id\ttask_code\ttask_name\ttask_type\tstatus_code\ttarget_end_date\tearly_end_date\n"
    "%R\t10\t1\tA10\tOpening\tTT_FinMile\tTK_NotStart\t2027-05-01 17:00\t2027-05-01 17:00\n%E\n"
)
OCDS = """{"ocid": "ocds-1", "date": "2026-11-25T00:00:00Z", "planning": {"milestones": [
    {"id": "7", "title": "Opening", "status": "scheduled", "dueDate": "2027-05-01T00:00:00+04:30"}]}}"""


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-16"),
        b"\xef\xbb\xbf" + TABLE.replace(",", ";").encode(),
        MSPDI.encode(),
        MSPDI.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"),
        XER.encode(),
        OCDS.encode(),
        saved(quarterly_return(("6.01.1", "Opening", AS_AT, AS_AT, "Live"))),
    ],
)
def test_what_a_file_is_its_content_says(content: bytes) -> None:
    """Tables and schedules, in whatever encoding."""
    assert [row.title for row in read_file(content, Choices()).rows] == ["Opening"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b'{"minutes": []}', "JSON"),
        (b"Minutes of the meeting\nAll present\n", "is text, and no table"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"\x1f\x8b\x08", "is a compressed archive"),
        (b"<!DOCTYPE html><html><table><tr><td>Milestone</td></tr></table></html>", "a web page"),
        (b'<?xml version="1.0"?><other/>', "is XML or a web page of a kind that is not known"),
    ],
)
def test_what_is_no_return_is_refused_with_what_can_be_sent(content: bytes, says: str) -> None:
    """The message says what the file is."""
    with pytest.raises(UnreadableFile, match=says) as refusal:
        read_file(content, Choices())
    assert "send" in str(refusal.value)
