"""Titles that somebody could send to break a feed, or to hide what it says."""

HOSTILE = (
    '=HYPERLINK("https://evil.example","Pay")',
    "+1 (0) 5",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "'=1+1",
    "Line one\r\nLine two",
    "Line one\nBEGIN:VEVENT\nEND:VCALENDAR",
    "\t=1+1",
    "abc\u202egnp.exe\u202c",
    "\u2066hidden\u2069 \u200fmark",
    "🚂🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩‍🚒 station",
    "]]> <script>alert(1)</script> &amp;",
    "one, two; three \\ four \\n five",
    '"quoted", "twice""',
    "null\x00byte \x1b[31mred",
    "＝1+1",
    "x" * 300,
    "é" * 300,
)
"""Formulas, line breaks, marks that turn the direction, emoji, ends of markup, separators, control characters."""
