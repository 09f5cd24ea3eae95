"""Building blocks of the HTML of a mail, for all mail programs, light and dark.

Layout by tables and inline styles, since many programs support nothing else; the classes change
the colours where a program supports dark mode. Every text goes through `escaped`; nothing is loaded
from another host.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

FONT = "Inter,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
CANVAS, SURFACE, LINE = "#F6F6F3", "#FFFFFF", "#E5E4DF"
INK, INK_2, INK_3 = "#1A1D21", "#4D535C", "#646A74"
TAG_COLOURS = {
    "bad": ("#FBE9E4", "#B8331D"),
    "warn": ("#FBF0D6", "#8A5800"),
    "good": ("#E4F2EB", "#0F7550"),
    "unknown": ("#ECECE7", "#646A74"),
}
_control_characters = re.compile("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
DARK_CSS = """
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.canvas{background:#0F1114!important}
.surface{background:#16191D!important;border-color:#262A30!important}
.rule{border-color:#262A30!important}
.ink{color:#E8EAED!important}.ink2{color:#B0B6BF!important}.ink3{color:#8C939E!important}
.button{background:#E8EAED!important;color:#14171A!important}
.bad{background:#321B16!important;color:#FF8266!important}
.warn{background:#2B2412!important;color:#E5B13A!important}
.good{background:#15291F!important;color:#4CC38A!important}
.unknown{background:#23272D!important;color:#8C939E!important}
}
@media (max-width:599px){
.pad{padding-left:16px!important;padding-right:16px!important}
.edge{padding:16px 0!important}
.side{border-radius:0!important;border-left:0!important;border-right:0!important}
}
"""


def escaped(text: str) -> str:
    """A text as HTML; line breaks are kept, control and bidirectional characters removed."""
    return escape(_control_characters.sub("", text), quote=True).replace("\n", "<br>")


def document(subject: str, preview: str, blocks: Iterable[str], footer: str) -> str:
    """The complete document; `preview` is the text mail lists show beside the subject."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{escaped(subject)}</title><style>{DARK_CSS}</style></head>"
        f'<body class="canvas" style="margin:0;padding:0;background:{CANVAS}">'
        f'<div style="display:none;max-height:0;overflow:hidden">{escaped(preview)}</div>'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="canvas" '
        f'style="background:{CANVAS}"><tr>'
        '<td class="edge" align="center" style="padding:24px 12px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'style="max-width:600px;text-align:left;font-family:{FONT}">'
        f"{_masthead()}{''.join(blocks)}{_footer(footer)}"
        "</table></td></tr></table></body></html>"
    )


def panel(parts: Iterable[str]) -> str:
    """A framed section."""
    return (
        f'<tr><td class="surface side pad" style="background:{SURFACE};border:1px solid {LINE};'
        f'border-radius:10px;padding:20px 24px">{"".join(parts)}</td></tr>'
        '<tr><td style="height:12px;line-height:12px;font-size:0">&nbsp;</td></tr>'
    )


def tag(tone: str, text: str) -> str:
    """A coloured label; `tone` is `bad`, `warn`, `good` or `unknown`."""
    background, colour = TAG_COLOURS[tone]
    return (
        f'<span class="{tone}" style="display:inline-block;background:{background};color:{colour};'
        "border-radius:4px;padding:2px 7px;margin-right:6px;font-size:12px;line-height:18px;"
        f'font-weight:600">{escaped(text)}</span>'
    )


def title(text: str) -> str:
    """The headline."""
    return (
        f'<h1 class="ink" style="margin:10px 0 0;font-size:18px;line-height:25px;font-weight:600;'
        f'color:{INK}">{escaped(text)}</h1>'
    )


def heading(text: str, *, is_first: bool = False) -> str:
    """The heading of a section; `is_first`: the panel begins with it."""
    margin_top = 0 if is_first else 18
    return (
        f'<h2 class="ink" style="margin:{margin_top}px 0 4px;font-size:13px;line-height:19px;'
        f'font-weight:600;color:{INK}">{escaped(text)}</h2>'
    )


def paragraph(text: str, *, quiet: bool = False) -> str:
    """Running text."""
    css_class, colour, size = ("ink3", INK_3, 12) if quiet else ("ink2", INK_2, 14)
    return (
        f'<p class="{css_class}" style="margin:6px 0 0;font-size:{size}px;line-height:1.5;'
        f'color:{colour}">{escaped(text)}</p>'
    )


def steps(lines: Sequence[str]) -> str:
    """A numbered list."""
    items = "".join(f'<li style="margin:3px 0">{escaped(line)}</li>' for line in lines)
    return (
        f'<ol class="ink2" style="margin:2px 0 0;padding-left:20px;font-size:14px;'
        f'line-height:1.5;color:{INK_2}">{items}</ol>'
    )


def detail_table(pairs: Sequence[tuple[str, str]]) -> str:
    """Labels at the left, texts at the right, hairlines between."""
    rows = "".join(
        f'<tr><td class="ink3 rule" style="border-top:1px solid {LINE};padding:7px 12px 7px 0;'
        f'width:72px;font-size:13px;line-height:19px;color:{INK_3};vertical-align:top">{escaped(label)}</td>'
        f'<td class="ink rule" style="border-top:1px solid {LINE};padding:7px 0;font-size:13px;'
        f'line-height:19px;color:{INK};word-break:break-word">{escaped(text)}</td></tr>'
        for label, text in pairs
    )
    return f'<table role="presentation" {_FULL_WIDTH}style="margin-top:14px">{rows}</table>'


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first column is left-aligned, the others right-aligned."""
    header_cells = "".join(
        _cell("th", text, column, INK_3, "ink3") for column, text in enumerate(header)
    )
    body_rows = "".join(
        "<tr>"
        + "".join(_cell("td", text, column, INK, "ink") for column, text in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f'<table {_FULL_WIDTH}style="margin-top:8px"><tr>{header_cells}</tr>{body_rows}</table>'


def picture(light: str, dark: str, alt_text: str, width: int) -> str:
    """An inline image by content id, with a variant for dark mode."""
    return (
        '<picture style="display:block;margin-top:14px">'
        f'<source media="(prefers-color-scheme:dark)" srcset="cid:{dark}">'
        f'<img src="cid:{light}" width="{width}" alt="{escaped(alt_text)}" '
        'style="display:block;width:100%;height:auto;border:0"></picture>'
    )


def button(text: str, address: str) -> str:
    """The main link, as a button; the address is one of ours."""
    return (
        f'<p style="margin:18px 0 0"><a class="button" href="{escape(address, quote=True)}" '
        f'style="display:inline-block;background:{INK};color:#FFFFFF;border-radius:6px;'
        'padding:8px 14px;font-size:13px;line-height:18px;font-weight:600;text-decoration:none">'
        f"{escaped(text)}</a></p>"
    )


def anchor(text: str, address: str) -> str:
    """A secondary link; the address is one of ours."""
    return (
        f'<p style="margin:10px 0 0;font-size:13px"><a class="ink2" '
        f'href="{escape(address, quote=True)}" style="color:{INK_2}">{escaped(text)}</a></p>'
    )


_FULL_WIDTH = 'width="100%" cellpadding="0" cellspacing="0" '


def _masthead() -> str:
    return (
        f'<tr><td class="ink pad" style="padding:0 4px 12px;font-size:14px;font-weight:600;'
        f'color:{INK}">WebSocket Analytics</td></tr>'
    )


def _footer(text: str) -> str:
    return (
        f'<tr><td class="ink3 pad" style="padding:4px 4px 0;font-size:12px;line-height:18px;'
        f'color:{INK_3}">{escaped(text)}</td></tr>'
    )


def _cell(element: str, text: str, column: int, colour: str, css_class: str) -> str:
    align = "left" if column == 0 else "right"
    weight = 500 if element == "th" else 400
    border = "" if element == "th" else f"border-top:1px solid {LINE};"
    padding = f"6px 0 6px {0 if column == 0 else 10}px"
    return (
        f'<{element} class="{css_class} rule" style="{border}padding:{padding};'
        f"text-align:{align};font-size:12px;line-height:18px;font-weight:{weight};color:{colour};"
        f'font-variant-numeric:tabular-nums">{escaped(text)}</{element}>'
    )
