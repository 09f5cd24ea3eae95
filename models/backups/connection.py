"""How client programs reach a database: what is secret goes through the environment, since every
user of a machine reads the command lines of all."""

import os
from typing import Any

from psycopg2.extensions import make_dsn
from sqlalchemy.engine import make_url

_SECRET = {"password": "PGPASSWORD"}


def arguments(url: str) -> list[str]:
    """`--dbname` with everything of the URL but the password."""
    public = {name: value for name, value in _parameters(url).items() if name not in _SECRET}
    return ["--no-password", f"--dbname={make_dsn(**public)}"]


def environment(url: str) -> dict[str, str]:
    """The environment of a client: ours, with the password of the URL."""
    secrets = {
        variable: str(value)
        for name, variable in _SECRET.items()
        if (value := _parameters(url).get(name))
    }
    return {**os.environ, "PGTZ": "UTC", **secrets}


def _parameters(url: str) -> dict[str, Any]:
    parsed = make_url(url)
    named = parsed.translate_connect_args(username="user", database="dbname")
    return {"application_name": "wsmon backup", **named, **parsed.query}
