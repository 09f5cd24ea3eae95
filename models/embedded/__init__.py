"""An embedded PostgreSQL without administration: the server of a wheel, private to one user.

Modules: paths (`places`), the user that runs it (`ownership`), the program, the data folder
(`cluster`), the process (`postmaster`, `child`) and its life time (`server`). `database_url` is the
URL whether the server runs or not; `running` starts it for a block if it is down; `supervised` is
for the process that keeps it running.
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
