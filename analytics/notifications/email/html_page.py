"""The page of a mail: pieces of HTML that every mail program shows, light and dark.

Tables and styles beside each element, since many programs know nothing else; the classes change
the colours where a program tells that it is dark. Every text goes through `escaped`; nothing is
asked of another host.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

FONT = "Inter,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
CANVAS, SURFACE, LINE = "#F6F6F3", "#FFFFFF", "#E5E4DF"
INK, INK_2, INK_3 = "#1A1D21", "#4D535C", "#646A74"
TAGS = {
    "bad": ("#FBE9E4", "#B8331D"),
    "warn": ("#FBF0D6", "#8A5800"),
    "good": ("#E4F2EB", "#0F7550"),
    "unknown": ("#ECECE7", "#646A74"),
}
_hidden = re.compile("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
DARK = """
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
    """A text as HTML; lines stay lines, what would turn the writing round is left out."""
    return escape(_hidden.sub("", text), quote=True).replace("\n", "<br>")


def document(subject: str, preview: str, blocks: Iterable[str], foot: str) -> str:
    """The whole page; `preview` is what lists of mails show beside the subject."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{escaped(subject)}</title><style>{DARK}</style></head>"
        f'<body class="canvas" style="margin:0;padding:0;background:{CANVAS}">'
        f'<div style="display:none;max-height:0;overflow:hidden">{escaped(preview)}</div>'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="canvas" '
        f'style="background:{CANVAS}"><tr>'
        '<td class="edge" align="center" style="padding:24px 12px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'style="max-width:600px;text-align:left;font-family:{FONT}">'
        f"{_masthead()}{''.join(blocks)}{_foot(foot)}"
        "</table></td></tr></table></body></html>"
    )


def panel(parts: Iterable[str]) -> str:
    """A framed part of the page."""
    return (
        f'<tr><td class="surface side pad" style="background:{SURFACE};border:1px solid {LINE};'
        f'border-radius:10px;padding:20px 24px">{"".join(parts)}</td></tr>'
        '<tr><td style="height:12px;line-height:12px;font-size:0">&nbsp;</td></tr>'
    )


def tag(look: str, words: str) -> str:
    """A verdict: `bad`, `warn`, `good` or `unknown`, always with its word."""
    back, ink = TAGS[look]
    return (
        f'<span class="{look}" style="display:inline-block;background:{back};color:{ink};'
        "border-radius:4px;padding:2px 7px;margin-right:6px;font-size:12px;line-height:18px;"
        f'font-weight:600">{escaped(words)}</span>'
    )


def title(words: str) -> str:
    """The one sentence that says it all."""
    return (
        f'<h1 class="ink" style="margin:10px 0 0;font-size:18px;line-height:25px;font-weight:600;'
        f'color:{INK}">{escaped(words)}</h1>'
    )


def heading(words: str, *, is_first: bool = False) -> str:
    """The title of a part; `is_first`: the panel begins with it."""
    above = 0 if is_first else 18
    return (
        f'<h2 class="ink" style="margin:{above}px 0 4px;font-size:13px;line-height:19px;'
        f'font-weight:600;color:{INK}">{escaped(words)}</h2>'
    )


def paragraph(words: str, *, quiet: bool = False) -> str:
    """Running text."""
    look, colour, size = ("ink3", INK_3, 12) if quiet else ("ink2", INK_2, 14)
    return (
        f'<p class="{look}" style="margin:6px 0 0;font-size:{size}px;line-height:1.5;'
        f'color:{colour}">{escaped(words)}</p>'
    )


def steps(lines: Sequence[str]) -> str:
    """A numbered list."""
    items = "".join(f'<li style="margin:3px 0">{escaped(line)}</li>' for line in lines)
    return (
        f'<ol class="ink2" style="margin:2px 0 0;padding-left:20px;font-size:14px;'
        f'line-height:1.5;color:{INK_2}">{items}</ol>'
    )


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Questions at the left, answers at the right, hairlines between."""
    rows = "".join(
        f'<tr><td class="ink3 rule" style="border-top:1px solid {LINE};padding:7px 12px 7px 0;'
        f'width:72px;font-size:13px;line-height:19px;color:{INK_3};vertical-align:top">{escaped(question)}</td>'
        f'<td class="ink rule" style="border-top:1px solid {LINE};padding:7px 0;font-size:13px;'
        f'line-height:19px;color:{INK};word-break:break-word">{escaped(answer)}</td></tr>'
        for question, answer in pairs
    )
    return f'<table role="presentation" {_WHOLE}style="margin-top:14px">{rows}</table>'


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Text left, numbers right; the first column is text."""
    head = "".join(_cell("th", words, place, INK_3, "ink3") for place, words in enumerate(header))
    body = "".join(
        "<tr>" + "".join(_cell("td", w, place, INK, "ink") for place, w in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f'<table {_WHOLE}style="margin-top:8px"><tr>{head}</tr>{body}</table>'


def picture(light: str, dark: str, words: str, width: int) -> str:
    """An inline picture with its twin for dark programs; `words` for who cannot see it."""
    return (
        '<picture style="display:block;margin-top:14px">'
        f'<source media="(prefers-color-scheme:dark)" srcset="cid:{dark}">'
        f'<img src="cid:{light}" width="{width}" alt="{escaped(words)}" '
        'style="display:block;width:100%;height:auto;border:0"></picture>'
    )


def button(words: str, address: str) -> str:
    """The one thing to do next; the address is one of ours."""
    return (
        f'<p style="margin:18px 0 0"><a class="button" href="{escape(address, quote=True)}" '
        f'style="display:inline-block;background:{INK};color:#FFFFFF;border-radius:6px;'
        'padding:8px 14px;font-size:13px;line-height:18px;font-weight:600;text-decoration:none">'
        f"{escaped(words)}</a></p>"
    )


def anchor(words: str, address: str) -> str:
    """A second thing to do; the address is one of ours."""
    return (
        f'<p style="margin:10px 0 0;font-size:13px"><a class="ink2" '
        f'href="{escape(address, quote=True)}" style="color:{INK_2}">{escaped(words)}</a></p>'
    )


_WHOLE = 'width="100%" cellpadding="0" cellspacing="0" '


def _masthead() -> str:
    return (
        f'<tr><td class="ink pad" style="padding:0 4px 12px;font-size:14px;font-weight:600;'
        f'color:{INK}">WebSocket Analytics</td></tr>'
    )


def _foot(words: str) -> str:
    return (
        f'<tr><td class="ink3 pad" style="padding:4px 4px 0;font-size:12px;line-height:18px;'
        f'color:{INK_3}">{escaped(words)}</td></tr>'
    )


def _cell(kind: str, words: str, place: int, colour: str, look: str) -> str:
    side = "left" if place == 0 else "right"
    weight = 500 if kind == "th" else 400
    line = "" if kind == "th" else f"border-top:1px solid {LINE};"
    return (
        f'<{kind} class="{look} rule" style="{line}padding:6px 0 6px {0 if place == 0 else 10}px;'
        f"text-align:{side};font-size:12px;line-height:18px;font-weight:{weight};color:{colour};"
        f'font-variant-numeric:tabular-nums">{escaped(words)}</{kind}>'
    )
