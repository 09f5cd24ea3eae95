"""All tables by name: what migrations compare the database with."""

from .base import Base
from .client_reports import client_reports
from .sessions import sessions

metadata = Base.metadata
ALL = (client_reports, sessions)
