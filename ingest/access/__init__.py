"""Who gets in: everything is closed but what is listed open, and the guard stands before Dash.

`register` adds the guard, the sign-in page and the security headers to an application; it must be
called before any other route is made.
"""

from . import headers
from .access import Access, register, trust_proxies
from .secret_key import secret_key

__all__ = ["Access", "headers", "register", "secret_key", "trust_proxies"]
