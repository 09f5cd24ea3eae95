"""Which routes are open, and which role the others ask for: a table that knows nothing of HTTP."""

OPEN = frozenset(
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
OPEN_FOLDER = "/static/"
SENDING = frozenset({("POST", "/api/ws/server-metrics"), ("POST", "/api/ws/events")})
# Even to read: addresses stand there, and what wakes people.
FOR_ADMINS = (
    *("/api/ws/recipients", "/api/ws/deliveries"),
    *("/api/ws/alert-rules", "/api/ws/silences"),
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PAGES = "/admin/"
VIEWERS = frozenset({"analyst", "admin"})
SENDERS = frozenset({"ingest", "admin"})
ADMINS = frozenset({"admin"})


def is_open(method: str, path: str) -> bool:
    """Whether anybody may ask for this."""
    if method == "HEAD":
        method = "GET"
    return (method, path) in OPEN or (method == "GET" and path.startswith(OPEN_FOLDER))


def roles_for(method: str, path: str) -> frozenset[str]:
    """The roles that may ask for what is not open."""
    if (method, path) in SENDING:
        return SENDERS
    if path.startswith("/api/") and method not in SAFE_METHODS:
        return ADMINS
    if path.startswith(FOR_ADMINS):
        return ADMINS
    return VIEWERS
