"""Access control: every route is closed unless `rules` lists it as open, Dash's included.

`register` adds the guard, the sign-in page and the security headers to an application. Call it
before any other route is made.
"""

from . import headers
from .access import Access, register, trust_proxies
from .secret_key import secret_key

__all__ = ["Access", "headers", "register", "secret_key", "trust_proxies"]
