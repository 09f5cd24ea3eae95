"""Notices of messages that waited together, as those of one message: each alert is told once.

What a later notice of the same alert has overtaken is told by that notice (`Notice.earlier`).
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from msgspec.structs import replace

from analytics.notifications.notice import EarlierNotice, Notice

FIRING = ("firing", "repeat")


def fold(messages: Iterable[Sequence[Notice]]) -> list[Notice]:
    """The notices of `messages`, which are in order of creation, one an alert. The alerts are in
    the order of their latest notices."""
    by_alert: dict[object, list[Notice]] = {}
    for number, message in enumerate(messages):
        for position, notice in enumerate(message):
            alert = notice.alert_id if notice.alert_id is not None else (number, position)
            by_alert[alert] = [*by_alert.pop(alert, []), notice]
    return [_folded(notices) for notices in by_alert.values()]


def _folded(notices: Sequence[Notice]) -> Notice:
    """The latest notice of an alert, with what the others said before it."""
    *overtaken, latest = notices
    if not overtaken:
        return latest
    if all(notice.kind in FIRING for notice in notices):
        return replace(latest, kind=overtaken[0].kind)
    due = [(*notice.earlier, (notice.kind, notice.at)) for notice in overtaken]
    story: list[EarlierNotice] = []
    for kind, at in chain(*due, latest.earlier):
        if not story or story[-1][0] != kind:
            story.append((kind, at))
    return replace(latest, earlier=tuple(story))
