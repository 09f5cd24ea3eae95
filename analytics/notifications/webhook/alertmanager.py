"""Notices as the JSON of Prometheus Alertmanager's webhook, version 4, for existing receivers.

The format: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from analytics.notifications import wording as words
from analytics.notifications.email import message
from analytics.notifications.notice import Notice

MOST_ALERTS = 100
NOT_ENDED = "0001-01-01T00:00:00Z"  # how Go writes a time that is none


def body(
    notices: Sequence[Notice], *, group_key: str, receiver: str, public_url: str | None
) -> bytes:
    """The whole request body. Without PUBLIC_URL its addresses are empty."""
    alerts = [_alert(notice, public_url) for notice in notices[:MOST_ALERTS]]
    document = {
        "version": "4",
        "groupKey": group_key,
        "truncatedAlerts": max(0, len(notices) - MOST_ALERTS),
        "status": _status(alert["status"] for alert in alerts),
        "receiver": receiver,
        "groupLabels": _shared([{"alertname": n.rule} for n in notices]),
        "commonLabels": _shared([alert["labels"] for alert in alerts]),
        "commonAnnotations": _shared([alert["annotations"] for alert in alerts]),
        "externalURL": public_url or "",
        "alerts": alerts,
    }
    return msgspec.json.encode(document)


def _alert(notice: Notice, public_url: str | None) -> dict[str, Any]:
    is_over = notice.kind == "resolved"
    labels = {**notice.labels, "alertname": notice.rule, "severity": notice.severity}
    return {
        "status": "resolved" if is_over else "firing",
        "labels": labels,
        "annotations": _annotations(notice),
        "startsAt": _written(notice.since),
        "endsAt": _written(notice.at) if is_over else NOT_ENDED,
        "generatorURL": message.link(public_url, notice.path) or "",
        "fingerprint": fingerprint(notice.rule, notice.labels),
    }


def _annotations(notice: Notice) -> dict[str, str]:
    facts = "; ".join(f"{question}: {answer}" for question, answer in words.facts(notice))
    found = {
        "summary": words.headline(notice),
        "description": facts,
        "kind": notice.kind,
        "value": words.told(notice, notice.value),
        "runbook": notice.runbook,
    }
    return {name: text for name, text in found.items() if text}


def fingerprint(rule: str, labels: dict[str, str]) -> str:
    """16 hexadecimal digits that stay the same for a rule and its labels."""
    text = msgspec.json.encode([rule, sorted(labels.items())])
    return hashlib.sha256(text).hexdigest()[:16]


def _status(statuses: Any) -> str:
    return "firing" if "firing" in set(statuses) else "resolved"


def _shared(sets: Sequence[dict[str, str]]) -> dict[str, str]:
    """What all have in common."""
    first = sets[0] if sets else {}
    return {name: text for name, text in first.items() if all(s.get(name) == text for s in sets)}


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
