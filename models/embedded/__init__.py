"""PostgreSQL that needs no operator: the server program of a wheel, closed to every other user.

Three subjects: where things lie (`places`), who may run and enter them (`ownership`), and the
server process itself (`server`). `database_url` names the database whether it runs or not;
`running` starts it for the length of a block when it is down.
"""

from .connection import database_url
from .fault import EmbeddedFault
from .server import running

__all__ = ["EmbeddedFault", "database_url", "running"]
