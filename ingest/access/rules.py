"""Which routes are open, and which roles the others require: a table without any HTTP."""

OPEN_ROUTES = frozenset(
    {
        ("POST", "/api/ws/client-metrics"),
        ("OPTIONS", "/api/ws/client-metrics"),
        ("GET", "/sdk/websocket-client-monitor.js"),
        ("GET", "/ws"),
        ("GET", "/ws/echo"),
        ("GET", "/demo"),
        ("GET", "/login"),
        ("POST", "/login"),
        ("GET", "/"),
        ("GET", "/admin"),
        ("GET", "/api/ws/health"),
        ("GET", "/api/ws/health/live"),
        ("GET", "/api/ws/health/ready"),
    }
)
STATIC_PREFIX = "/static/"
INGEST_ROUTES = frozenset({("POST", "/api/ws/server-metrics"), ("POST", "/api/ws/events")})
# Admins only, even to read: they hold addresses and alert settings.
ADMIN_PREFIXES = (
    *("/api/ws/recipients", "/api/ws/deliveries"),
    *("/api/ws/alert-rules", "/api/ws/silences"),
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PAGE_PREFIX = "/admin/"
VIEWERS = frozenset({"analyst", "admin"})
SENDERS = frozenset({"ingest", "admin"})
ADMINS = frozenset({"admin"})


def is_open(method: str, path: str) -> bool:
    """Whether the route needs no authentication."""
    if method == "HEAD":
        method = "GET"
    return (method, path) in OPEN_ROUTES or (method == "GET" and path.startswith(STATIC_PREFIX))


def roles_for(method: str, path: str) -> frozenset[str]:
    """The roles that may use a route that is not open."""
    if (method, path) in INGEST_ROUTES:
        return SENDERS
    if path.startswith("/api/") and method not in SAFE_METHODS:
        return ADMINS
    if path.startswith(ADMIN_PREFIXES):
        return ADMINS
    return VIEWERS
