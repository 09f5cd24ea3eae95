"""What figures are filtered and split by: keys, names, and the values that stand for none."""

DIMENSIONS: dict[str, str] = {
    "app": "App",
    "country": "Country",
    "effective_type": "Network",
    "browser": "Browser",
    "release": "Release",
    "page": "Page",
}
SPLIT_BY = tuple(name for name in DIMENSIONS if name != "app")  # cells have one of these, or none
SERVER_DIMENSIONS: dict[str, str] = {"app": "App", "service": "Service"}
# Dimensions that the counts of one metric alone have, see `split_by`.
LABEL_DIMENSIONS: dict[str, str] = {
    "code": "Close code",
    "closed_by": "Closed by",
    "status": "Status",
    "type": "Message type",
    "kind": "Error kind",
}
UNKNOWN = "unknown"  # the value of a dimension that a report does not have
OTHER = "other"  # all values of a dimension beyond its limit
SEPARATOR = "\x1f"  # between values in one text; values may not hold control characters
