"""WebSocket close codes (RFC 6455 section 7.4.1), and who closed first."""

from typing import Literal

DESCRIPTIONS = {
    "1000": "closed normally",
    "1001": "going away",
    "1002": "protocol error",
    "1003": "unsupported data",
    "1005": "closed without a code",
    "1006": "closed abnormally (no close frame)",
    "1007": "invalid payload (not UTF-8)",
    "1008": "policy violation",
    "1009": "message too big",
    "1010": "extension required",
    "1011": "internal server error",
    "1012": "service restarting",
    "1013": "try again later",
    "1014": "bad gateway",
    "1015": "TLS handshake failed",
    "unknown": "not told by the server",
}
# Normal, going away, no code: intended closes (RFC 6455 section 7.4.1).
NORMAL = frozenset({"1000", "1001", "1005"})
UNKNOWN = "unknown"  # the server did not tell its application
NOT_ABNORMAL = NORMAL | {UNKNOWN}
# Who closed first, as a server and as a page can tell.
ServerBy = Literal["client", "server", "proxy", "nobody"]
BrowserBy = Literal["page", "server", "nobody", "left"]
LEFT = "left"  # the page was left before it read an end
NO_END = "none"  # this side said nothing, or not yet
