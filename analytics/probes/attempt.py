"""One connection from the look-up to the close: what a probe and a basic test do."""

import ssl
from dataclasses import dataclass
from time import monotonic
from uuid import uuid4

from .faults import OPENING, NotConnected, Stage
from .link import Link, Timings, opened
from .targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Stages in ms in their order as far as they ended; `failed` at a stage for a reason, else ''.
    `close_code` is that of the answer to our close."""

    stages: dict[Stage, float]
    certificate_days: float | None = None
    failed: Stage | None = None
    code: str = ""
    reason: str = ""
    close_code: int | None = None

    @property
    def is_up(self) -> bool:
        """Whether it opened and a reply came."""
        return Stage.REPLY in self.stages

    @property
    def round_trip(self) -> float | None:
        """Of the reply, ms."""
        return self.stages.get(Stage.REPLY)

    @property
    def handshake(self) -> float | None:
        """From the look-up to the upgrade, ms; `None`: it was not opened."""
        if Stage.UPGRADE not in self.stages:
            return None
        return sum(self.stages.get(stage, 0.0) for stage in OPENING)


def attempt(
    target: Target, app: str, seconds: float, *, trust: ssl.SSLContext | None = None
) -> Attempt:
    """Open a connection, have one message returned (a pong by others than us), and close it; at
    most `seconds`."""
    timings, until = Timings(), monotonic() + seconds
    code: int | None = None
    try:
        with opened(target.address(app), timings, seconds, trust=trust) as link:
            with timings.stage(Stage.REPLY):
                _reply(target, link, until)
            with timings.stage(Stage.CLOSE):
                code = link.close(until)
    except NotConnected as fault:
        return Attempt(
            stages=timings.stages, certificate_days=timings.certificate_days,
            failed=fault.stage, code=fault.code, reason=str(fault), close_code=code,
        )  # fmt: skip
    return Attempt(
        stages=timings.stages, certificate_days=timings.certificate_days, close_code=code
    )


def _reply(target: Target, link: Link, until: float) -> None:
    text = uuid4().hex
    if not target.is_own:
        link.ping(text.encode(), until)
        return
    link.send(text)
    while link.receive(until) != text:
        continue
