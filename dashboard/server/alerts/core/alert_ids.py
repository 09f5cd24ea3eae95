"""Names of what the callbacks of the Alerts page talk about."""

from typing import Any

BAR, BANNER, NOTICE = "alerts-bar", "alerts-banner", "alerts-notice"
LISTS, SIDE, GRID = "alerts-lists", "alerts-side", "alerts-grid"
DONE = "alerts-done"
PREVIEW, SENTENCE, SUGGESTED, PREVIEW_FOOT = (
    "rule-preview", "rule-sentence", "rule-suggested", "rule-preview-foot",
)  # fmt: skip
WANTED = "rule-wanted"
LINES = "rule-lines"
HISTORY_PANEL = "rule-history"
RULE_FORM, RECIPIENT_FORM, SILENCE_FORM = "rule", "recipient", "silence"


def act(name: str, subject: object = "") -> dict[str, Any]:
    """The id of a button that changes something."""
    return {"type": "alerts-act", "act": name, "subject": str(subject)}


def field(form: str, name: str) -> dict[str, Any]:
    """The id of a field of a form."""
    return {"type": "alerts-field", "form": form, "name": name}


def fault(form: str, name: str) -> dict[str, Any]:
    """The id of the place beside a field where its fault is said."""
    return {"type": "alerts-fault", "form": form, "name": name}


def unit(name: str) -> dict[str, Any]:
    """The id of the unit within a field of the rule."""
    return {"type": "alerts-unit", "name": name}


def words(name: str) -> dict[str, Any]:
    """The id of the words below a field of the rule."""
    return {"type": "alerts-words", "name": name}


def acknowledging(alert: int) -> str:
    """The form of taking care of one alert."""
    return f"acknowledge {alert}"


def silencing(alert: int) -> str:
    """The form of silencing one alert."""
    return f"silence {alert}"


def words_of(field: str) -> str:
    """The name of a field in a sentence: `for` of `for_seconds`."""
    return field.replace("_seconds", "").replace("_", " ").replace(".", " ")


def reason_words(reason: str) -> str:
    """What a field must be, as a sentence; the form has shares in percent."""
    said = reason.replace("a share from 0 to 1", "a share from 0 to 100 %")
    return f"{said[:1].upper()}{said[1:]}."
