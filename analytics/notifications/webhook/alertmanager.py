"""Notices as the webhook JSON of Prometheus Alertmanager, version 4, for existing receivers.

The format: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from analytics.notifications import wording
from analytics.notifications.email import message
from analytics.notifications.notice import Notice

MAX_ALERTS = 100
NO_END = "0001-01-01T00:00:00Z"  # Go's zero time


def body(
    notices: Sequence[Notice], *, group_key: str, receiver: str, public_url: str | None
) -> bytes:
    """The request body. Without PUBLIC_URL its URLs are empty."""
    alerts = [_alert(notice, public_url) for notice in notices[:MAX_ALERTS]]
    document = {
        "version": "4",
        "groupKey": group_key,
        "truncatedAlerts": max(0, len(notices) - MAX_ALERTS),
        "status": _status(alert["status"] for alert in alerts),
        "receiver": receiver,
        "groupLabels": _common([{"alertname": n.rule} for n in notices]),
        "commonLabels": _common([alert["labels"] for alert in alerts]),
        "commonAnnotations": _common([alert["annotations"] for alert in alerts]),
        "externalURL": public_url or "",
        "alerts": alerts,
    }
    return msgspec.json.encode(document)


def _alert(notice: Notice, public_url: str | None) -> dict[str, Any]:
    is_resolved = notice.kind == "resolved"
    labels = {**notice.labels, "alertname": notice.rule, "severity": notice.severity}
    return {
        "status": "resolved" if is_resolved else "firing",
        "labels": labels,
        "annotations": _annotations(notice),
        "startsAt": _timestamp(notice.since),
        "endsAt": _timestamp(notice.at) if is_resolved else NO_END,
        "generatorURL": message.link(public_url, notice.path) or "",
        "fingerprint": fingerprint(notice.rule, notice.labels),
    }


def _annotations(notice: Notice) -> dict[str, str]:
    description = "; ".join(f"{label}: {detail}" for label, detail in wording.details(notice))
    annotations = {
        "summary": wording.headline(notice),
        "description": description,
        "kind": notice.kind,
        "value": wording.value_text(notice, notice.value),
        "runbook": notice.runbook,
    }
    return {name: text for name, text in annotations.items() if text}


def fingerprint(rule: str, labels: dict[str, str]) -> str:
    """16 hexadecimal digits that identify a rule and its labels."""
    text = msgspec.json.encode([rule, sorted(labels.items())])
    return hashlib.sha256(text).hexdigest()[:16]


def _status(statuses: Any) -> str:
    return "firing" if "firing" in set(statuses) else "resolved"


def _common(label_sets: Sequence[dict[str, str]]) -> dict[str, str]:
    """The labels that all sets share."""
    first = label_sets[0] if label_sets else {}
    return {
        name: text for name, text in first.items() if all(s.get(name) == text for s in label_sets)
    }


def _timestamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
