"""Close codes in plain words (RFC 6455 section 7.4.1)."""

WORDS = {
    "1000": "done, said goodbye",
    "1001": "page left or server stopping",
    "1002": "protocol broken",
    "1003": "data not accepted",
    "1005": "closed without a code",
    "1006": "lost without a goodbye",
    "1007": "text was not UTF-8",
    "1008": "refused by policy",
    "1009": "message too big",
    "1010": "extension missing",
    "1011": "server error",
    "1012": "service restarting",
    "1013": "try again later",
    "1014": "bad gateway",
    "1015": "TLS failed",
}
ORDINARY = frozenset({"1000", "1001", "1005"})
