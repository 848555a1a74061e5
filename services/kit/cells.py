"""Cells of files that spreadsheets open: text that stays text there."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def may_be_formula(text: str) -> bool:
    """Whether a spreadsheet would take the text, or what stands behind its apostrophes, for a formula.

    *Source.* OWASP, CSV Injection: `=`, `+`, `-`, `@`, tab, carriage return and line feed, and the full-width forms.
    """
    return _FORMULA.match(text) is not None


def marked(text: str) -> str:
    """The text as a spreadsheet takes it for text: behind an apostrophe where it may be a formula."""
    return f"'{text}" if may_be_formula(text) else text
