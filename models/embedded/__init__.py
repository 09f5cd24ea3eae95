"""PostgreSQL that needs no operator: the server program of a wheel, closed to every other user.

Subjects: where things lie (`places`), who may run and enter them (`ownership`), the program, the
data folder (`cluster`), the process (`postmaster`, `child`), and for how long (`server`).
`database_url` names the database whether it runs or not; `running` starts it for the length of a
block when it is down; `supervised` is for the process that keeps it alive.
"""

from .connection import database_url
from .fault import EmbeddedFault
from .ownership import Owner, claim
from .postmaster import Postmaster
from .server import running, supervised

__all__ = [
    "EmbeddedFault",
    "Owner",
    "Postmaster",
    "claim",
    "database_url",
    "running",
    "supervised",
]
