"""How a letter looks: the same parts as plain text and as HTML that reads well in any mail program, light or dark."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal

Tone = Literal["worse", "attention", "better", "over"]
"""What a section brings, so that its colour says so before it is read; the words say it too."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A cause, and what it does to each milestone; `url` is the page of the cause."""

    heading: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    url: str | None = None
    tone: Tone = "attention"


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a letter; every string is one line that can only be read. `links` is a name and an address each.

    `costs` is what it costs the reader, a line each.
    """

    subject: str
    opening: str
    sections: tuple[Section, ...]
    links: tuple[tuple[str, str], ...]
    costs: tuple[str, ...] = ()

    def text(self) -> str:
        """The letter as plain text."""
        parts = [self.opening]
        if self.costs:
            parts.append("\n".join(["What it costs you:", *(f"* {line}" for line in self.costs)]))
        for section in self.sections:
            parts += _section_text(section)
        parts += [f"{name}: {url}" for name, url in self.links]
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """The letter as HTML: nothing in it is loaded from anywhere."""
        body = [f'<p class="opening">{escape(self.opening)}</p>']
        if self.costs:
            lines = "".join(f"<li>{escape(line)}</li>" for line in self.costs)
            body.append(f'<div class="costs"><h2>What it costs you</h2><ul>{lines}</ul></div>')
        body += [_section_html(section) for section in self.sections]
        body.append("".join(map(_button, self.links)))
        return _PAGE.format(title=escape(self.subject), style=_STYLE, body="\n".join(body))


def _section_text(section: Section) -> list[str]:
    head = [section.heading, *section.lines, *([section.url] if section.url else [])]
    blocks = [f"* {block.heading}\n" + "\n".join(f"  {line}" for line in block.lines) for block in section.blocks]
    return ["\n".join(head), *blocks]


def _section_html(section: Section) -> str:
    heading = escape(section.heading)
    if section.url:
        heading = f'<a href="{escape(section.url)}">{heading}</a>'
    said = f"<p>{_lines(section.lines)}</p>" if section.lines else ""
    blocks = "".join(f"<li><strong>{escape(b.heading)}</strong><br>{_lines(b.lines)}</li>" for b in section.blocks)
    return f'<div class="section {section.tone}"><h2>{heading}</h2>{said}<ul>{blocks}</ul></div>'


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(map(escape, lines))


def _button(link: tuple[str, str]) -> str:
    name, url = link
    return f'<p><a class="button" href="{escape(url)}">{escape(name)}</a></p>'


_PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{title}</title><style>{style}</style></head>
<body><div class="sheet">
{body}
</div></body></html>
"""

_STYLE = """
body{margin:0;padding:16px;background:#f5f7f8;color:#16202a;font:16px/1.5 system-ui,"Segoe UI",Roboto,Arial,sans-serif;
overflow-wrap:anywhere}
.sheet{max-width:640px;margin:0 auto;padding:20px 24px;background:#fff;border-top:4px solid #0f5c63}
h2{font-size:18px;line-height:1.3;margin:0 0 8px}
p{margin:0 0 12px}
ul{margin:0;padding:0 0 0 20px}
li{margin:0 0 12px}
a{color:#14538f}
.opening{font-size:18px;font-weight:600}
.costs{margin:0 0 24px;padding:12px 16px;background:#fdf3e7;border-left:4px solid #b45309}
.costs li{margin:0 0 4px}
.section{margin:0 0 24px;padding:0 0 0 16px;border-left:4px solid #b45309}
.worse{border-color:#c02626}.better{border-color:#1a7a4a}.over{border-color:#65717b}
.button{display:inline-block;padding:8px 16px;border:2px solid #0f5c63;border-radius:3px;color:#0f5c63;font-weight:600;
text-decoration:none}
@media(prefers-color-scheme:dark){
body{background:#0c1115;color:#e8edf0}
.sheet{background:#182026;border-color:#6cc5cd}
a{color:#8ec3f7}
.costs{background:#2b2317;border-color:#ffad5c}
.section{border-color:#ffad5c}.worse{border-color:#ff8585}.better{border-color:#5fce93}.over{border-color:#a0acb6}
.button{border-color:#6cc5cd;color:#6cc5cd}}
""".replace("\n", "")
