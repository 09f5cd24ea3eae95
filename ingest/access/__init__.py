"""Access control: every route is closed unless a rule opens it, Dash's included.

`Access` adds the guard, the sign-in page and the security headers to an application; its rules are
those of `rules.SITE` and of the API's route table.
"""

from . import headers
from .access import Access, trust_proxies
from .rules import Rules
from .secret_key import secret_key

__all__ = ["Access", "Rules", "headers", "secret_key", "trust_proxies"]
