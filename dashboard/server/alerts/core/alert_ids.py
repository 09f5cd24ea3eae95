"""Ids of the components that the callbacks of the Alerts page read and write."""

from typing import Any

BAR, BANNER, NOTICE = "alerts-bar", "alerts-banner", "alerts-notice"
LISTS, SIDE, GRID = "alerts-lists", "alerts-side", "alerts-grid"
OUTCOME = "alerts-outcome"
PREVIEW, SENTENCE, SUGGESTED, PREVIEW_FOOT = (
    "rule-preview", "rule-sentence", "rule-suggested", "rule-preview-foot",
)  # fmt: skip
FRONT_LABELS = "rule-front-labels"
LINES = "rule-lines"
HISTORY_PANEL = "rule-history"
RULE_FORM, RECIPIENT_FORM, SILENCE_FORM = "rule", "recipient", "silence"


def command(name: str, subject: object = "") -> dict[str, Any]:
    """The id of a button that runs a command on `subject`."""
    return {"type": "alerts-command", "command": name, "subject": str(subject)}


def field(form: str, name: str) -> dict[str, Any]:
    """The id of a field of a form."""
    return {"type": "alerts-field", "form": form, "name": name}


def fault(form: str, name: str) -> dict[str, Any]:
    """The id of the error message of a field."""
    return {"type": "alerts-fault", "form": form, "name": name}


def unit(name: str) -> dict[str, Any]:
    """The id of the unit inside a field of the rule form."""
    return {"type": "alerts-unit", "name": name}


def help_text(name: str) -> dict[str, Any]:
    """The id of the help text below a field of the rule form."""
    return {"type": "alerts-help", "name": name}


def acknowledge_form(alert: int) -> str:
    """The form that acknowledges one alert."""
    return f"acknowledge {alert}"


def silence_form(alert: int) -> str:
    """The form that silences one alert."""
    return f"silence {alert}"


def field_label(field: str) -> str:
    """A field in a message: `for` of `for_seconds`."""
    return field.replace("_seconds", "").replace("_", " ").replace(".", " ")


def reason_sentence(reason: str) -> str:
    """The reason of a `RuleFault` as a sentence; the form has ratios in percent."""
    sentence = reason.replace("a share from 0 to 1", "a share from 0 to 100 %")
    return f"{sentence[:1].upper()}{sentence[1:]}."
