"""What identifies a series that is judged."""

from collections.abc import Mapping
from dataclasses import dataclass

STEP_SECONDS = 300  # of series of an app
VALUE_STEP_SECONDS = 3600  # of series of one value of a dimension


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """One metric of an app, of one `value` of a `dimension`; of the app as a whole both are ''.
    `app` is '' for what tells of the server's processes, which all apps share.
    `source` is `client` or `server`, `metric` a key of its catalogue."""

    source: str
    app: str
    metric: str
    dimension: str = ""
    value: str = ""

    @property
    def is_of_app(self) -> bool:
        """Whether it is of the app as a whole."""
        return not self.dimension

    @property
    def step_seconds(self) -> int:
        """The length of its steps."""
        return STEP_SECONDS if self.is_of_app else VALUE_STEP_SECONDS

    @property
    def labels(self) -> Mapping[str, str]:
        """The dimension with its value; empty: the app as a whole."""
        return {self.dimension: self.value} if self.dimension else {}
