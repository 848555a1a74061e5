"""The text of a file, whatever program wrote it: its encoding, and one kind of line end."""

import codecs
from dataclasses import dataclass

from services.ingest.readers.refusal import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAVE = "save it as CSV UTF-8, and send that"
_SAMPLE = 4096
_MANY = 0.3
"""The share of zero bytes at every second place from which a text is UTF-16 without a mark."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text with line feeds as its line ends; `remarks` say what of its encoding had to be assumed."""

    content: str
    remarks: tuple[str, ...] = ()


def text_of(content: bytes) -> Text:
    """The text of these bytes: UTF-8 or UTF-16, else Windows-1252, or Mac Roman where its line ends are a Mac's.

    Raises UnreadableFile, whose message names the fix, for bytes that are no text.
    """
    encoding = _encoding(content)
    try:
        text = content.decode(encoding or "utf-8")
        remarks: tuple[str, ...] = ()
    except UnicodeDecodeError as error:
        if encoding:
            raise UnreadableFile(f"the file is no valid {encoding} text ({error.reason}): {_SAVE}") from error
        text, remarks = _guessed(content)
    if "\0" in text:
        raise UnreadableFile(f"the file is no text: if it is a table, {_SAVE}")
    return Text(text.replace("\r\n", "\n").replace("\r", "\n"), remarks)


def _encoding(content: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    sample = content[:_SAMPLE]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[first::2]
        if zeros.count(0) > _MANY * len(zeros):
            return encoding
    return None


def _guessed(content: bytes) -> tuple[str, tuple[str, ...]]:
    mac = b"\r" in content and b"\n" not in content
    encoding, name = ("mac-roman", "Mac Roman") if mac else ("cp1252", "Windows-1252")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"the file is no text in any encoding that is known: {_SAVE}") from error
    return text, (f"the file is not UTF-8 and was read as {name}: check accented letters, dashes and £ signs",)
