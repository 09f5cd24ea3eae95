"""The time zone whose days the steps of an answer divide: that of the users of its apps."""

from collections.abc import Iterable, Sequence

AppZones = Sequence[tuple[str, str]]  # an app, `*` for all others, and its IANA zone
OTHERS = "*"
UTC = "UTC"


def zone_of(zones: AppZones, apps: Iterable[str] = ()) -> str:
    """The zone that `apps` share; without apps that of all others. UTC where they differ, or where
    none is set."""
    by_app = dict(zones)
    default = by_app.get(OTHERS, UTC)
    shared = {by_app.get(app, default) for app in apps} or {default}
    return shared.pop() if len(shared) == 1 else UTC
