"""The list of incidents, one explained, its parts, its slice in time, and what people say."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from analytics.alerting.answers import RuleResponse
from analytics.anomalies.answers import FeedbackResponse
from analytics.anomalies.explain.answers import Explanation
from analytics.anomalies.feedback import NoSuchIncident
from analytics.permission.actor import SHELL, NotAllowed
from analytics.reports.reports import DatabaseAway
from dashboard.client.anomalies import empty_state, incidents, page
from dashboard.client.anomalies.core.data import SliceLines
from dashboard.client.anomalies.core.url_state import AnomaliesView
from dashboard.client.anomalies.incident import explanation, feedback, parts, slice_chart
from models.metrics.anomalies.incident import FeedbackVerdict
from tests.support.alerts.alert_life import a_rule
from tests.support.anomalies.judged_series import JudgedSeries
from tests.support.clock import NOON
from tests.support.pages.anomaly_figures import HOUR, a_part, an_incident, anomalies_data
from tests.support.pages.components import button_ids, links_of, table_rows, text_of
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.page_services import page_services

EXPECTED = FeedbackResponse(verdict=FeedbackVerdict.EXPECTED, by="ana", note="a load test", at=NOON)
OPEN = an_incident(8, severity="low", end=None, until=NOON, metric="error_rate", unit="share",
                   label="Message error rate", observed=0.021, expected=0.006, deviation=0.015,
                   deviation_percent=250.0, start=NOON - HOUR)  # fmt: skip


def test_incidents_are_listed_the_most_severe_first() -> None:
    data = anomalies_data(OPEN, an_incident(feedback=EXPECTED), incident=OPEN)
    content = incidents.draw(data)
    rows = [[text.replace("\u202f", " ") for text in row] for row in table_rows(content.body)]
    assert rows == [
        ["High", "Drops", "02:00", "1 h", "60.0", "20.0", "+40.0 (+200 %)", "ended · expected"],
        ["Low", "Message error rate", "11:00", "1 h", "2.1 %", "0.6 %", "+1.5 pt (+250 %)", "open"],
    ]
    links = links_of(content.body)
    assert links["High 1"] == "?range=24h&severity=high"
    assert "Medium 0" not in links
    assert links["Drops"] == "?range=24h&incident=7"
    assert links["Message error rate"] == "?range=24h&incident=0"  # it is open: closes it
    assert text_of(content.unit) == "2 in 24 h, most severe first"
    of_low = replace(data, view=AnomaliesView(severity="low"))
    assert len(table_rows(incidents.draw(of_low).body)) == 1


def test_a_calm_time_says_until_when_it_was_judged() -> None:
    calm = incidents.draw(anomalies_data())
    assert (calm.is_empty, calm.empty_text) == (
        True, "Nothing left its usual range in this time. 1 series judged until 12:00.",
    )  # fmt: skip
    learning = anomalies_data(judged=JudgedSeries(method="learning", state="learning"))
    assert incidents.draw(learning).empty_text.startswith("1 series still learning")
    assert "still learnt" in incidents.draw(anomalies_data(is_judged=False)).empty_text


def test_no_data_has_a_tag_of_its_own() -> None:
    silent = an_incident(kind="no data", observed=None, deviation=None, deviation_percent=None)
    (row,) = table_rows(incidents.draw(anomalies_data(silent)).body)
    assert (row[0], row[4], row[6]) == ("No data", "none", "")
    text = text_of(explanation.draw(anomalies_data(silent, incident=silent)).body)
    assert "No data from 02:00 on, where 20.0 is expected." in text
    frozen = an_incident(kind="frozen")
    assert "without any change" in text_of(explanation.draw(anomalies_data(incident=frozen)).body)


def test_an_incident_is_explained_with_its_slices_causes_and_advice() -> None:
    data = anomalies_data(incident=an_incident(feedback=EXPECTED), is_admin=True)
    content = explanation.draw(data)
    text = text_of(content.body)
    for text_part in (
        "60.0 at the peak (02:00), where 14.0 to 26.0 is usual: +40.0 (+200 %).",
        "The jump itself left the range", "share of the extra 1,460 drops", "Release 4.18.1",
        "86 %", "usually 31 %", "rank 2 to 3 by chance", "nothing special there",
        "Of the change 94 % within slices, 6 % by a changed mix of people.",
        "Deployment 4.18.1, 01:00",
        "Check what release 4.18.1 changed", "Expected, said ana, 12:00: a load test",
    ):  # fmt: skip
        assert text_part in text
    assert text_of(content.foot[0]) == "High: 9 of 10 judged were real"
    assert {each["verdict"] for each in button_ids(content.body)} == {"expected", "real"}
    new_rule = links_of(content.body)["Make a rule"]
    assert new_rule.endswith("list=rules&edit=0&anomalies_of=client%2Fdrops&level=high")
    of_analyst = explanation.draw(replace(data, is_admin=False))
    assert button_ids(of_analyst.body) == []
    assert "Make a rule" not in links_of(of_analyst.body)
    rules = [
        RuleResponse(id=number, version=1, created_at=NOON, changed_at=NOON, changed_by="",
                     name=name, rule=rule, fault=None)
        for number, (name, rule) in enumerate((
            ("High", a_rule(metric="anomalies", aggregation="anomaly", fire=2.5)),
            ("Higher", a_rule(metric="drops", aggregation="anomaly", fire=9.0)),
            ("Drops", a_rule(metric="drops", aggregation="count", fire=1.0)),
        ))
    ]  # fmt: skip
    watched = links_of(explanation.draw(replace(data, rules=rules)).body)
    assert [name for name in watched if name in ("High", "Higher", "Drops")] == ["High"]
    assert [row[1] for row in content.table.rows] == [0.86, 0.71, 0.18]


def test_an_incident_without_an_explanation_says_whether_it_follows() -> None:
    for details, text_part in (
        (None, "Not explained yet"),
        (Explanation(total_change=9.0, unit="drops"), "No slice stands out"),
        (Explanation(total_change=9.0, unit="", sentence="No slices are told."), "No slices are"),
    ):
        bare = an_incident(details=details, explanation=[], causes=[])
        text = text_of(explanation.draw(anomalies_data(incident=bare)).body)
        assert text_part in text
        assert text.count("slice") <= 1
    content = explanation.draw(anomalies_data(view=AnomaliesView(incident=99)))
    assert "Low: none was judged by people yet" in text_of(content.body)
    assert text_of(content.foot[0]) == "There is no such incident here."


def test_parts_and_what_else_moved_are_listed() -> None:
    safari = a_part(label="Stability", metric="stability", dimension={"browser": "Safari"},
                    severity="medium", observed=0.91, expected=0.97, deviation=-0.06,
                    deviation_percent=-6.2)  # fmt: skip
    incident = an_incident(parts=[a_part(), safari], part_count=2)
    near = an_incident(9, start=NOON - 9.2 * HOUR, until=NOON - 8 * HOUR, label="Round trip p95")
    data = anomalies_data(incident, near, OPEN, incident=incident)
    rows = table_rows(parts.draw_parts(data).body)
    assert [row[0] for row in rows] == ["Drops", "Stability, Safari"]
    assert rows[1][4].replace("\u202f", " ") == "−6.0 pt (−6.2 %)"
    assert list(links_of(parts.draw_moved(data).body)) == ["Round trip p95"]
    nothing = anomalies_data()
    assert (parts.draw_parts(nothing).title, parts.draw_moved(nothing).title) == ("", "")


def test_the_slice_is_drawn_against_all_others() -> None:
    starts = [NOON - (12 - number) * HOUR for number in range(6)]
    lines = SliceLines(title="release 4.18.1", others="all others", starts=starts,
                       of_slice=[1.0, 2.0, 9.0, 2.0, 1.0, 1.0], of_others=[5.0] * 6,
                       step_seconds=3600, start=starts[0], end=NOON)  # fmt: skip
    data = anomalies_data(incident=an_incident(), slice_lines=lines)
    content = slice_chart.draw(data)
    assert content.title == "Release 4.18.1 against all others"
    assert [trace["name"] for trace in content.body["data"]] == ["others", "slice", "anchor"]
    assert content.body["layout"]["shapes"][0]["fillcolor"] == "--bad-fill"
    assert len(content.table.rows) == 6
    without = replace(data, slice_lines=SliceLines(title="close code 1006", reason="Not in time."))
    assert (slice_chart.draw(without).is_empty, slice_chart.draw(without).empty_text) == (
        True, "Not in time.",
    )  # fmt: skip
    assert slice_chart.draw(anomalies_data()).title == ""


def test_an_empty_store_says_what_is_learnt_and_when() -> None:
    nothing = anomalies_data(is_judged=False)
    state = empty_state.empty_state_of(nothing)
    assert state is not None
    assert "after 24 hours" in text_of(state.full_message())
    assert "judged" in text_of(state.short_message())
    of_app = replace(nothing, view=AnomaliesView(filters={"app": "kiosk"}))
    named = empty_state.empty_state_of(of_app)
    assert named is not None
    assert "Nothing of app kiosk is judged" in text_of(named.full_message())
    assert empty_state.empty_state_of(anomalies_data()) is None


def test_the_status_says_until_when_and_what_is_not_judged() -> None:
    text = text_of(page.status(anomalies_data(judged=JudgedSeries(state="learning"))))
    assert "Data as of 12:00:00 · resolution 5 min · expected values fitted 03:00" in text
    assert "1 series, 1 learning" in text
    assert "nothing judged yet" in text_of(page.status(anomalies_data(is_judged=False)))


def services_that_give(**fields: Any) -> Any:
    return page_services(
        anomalies=SimpleNamespace(feedback=SimpleNamespace(**fields)), viewer=lambda: SHELL
    )


@pytest.mark.parametrize(
    ("fault", "text_part"),
    [(NotAllowed(), "Only an admin"), (NoSuchIncident(), "no longer"), (DatabaseAway(), "answer")],
)
def test_a_verdict_that_cannot_be_stored_says_why(fault: Exception, text_part: str) -> None:
    def give(*_: object) -> None:
        raise fault

    subject = {"verdict": "real", "incident": "7"}
    assert text_part in feedback.save(services_that_give(give=give), subject, "")
    assert "one line" in feedback.save(services_that_give(give=give), subject, "two\nlines")


def test_the_dialog_opens_for_a_verdict_and_stores_it_with_the_note() -> None:
    stored: list[tuple[object, ...]] = []
    services = services_that_give(give=lambda *values: stored.append(values))
    app = empty_application()
    feedback.add_callbacks(app, services, "client")
    button = msgspec.json.encode(
        dict(sorted(feedback.button_id("client", FeedbackVerdict.REAL, 7).items()))
    ).decode()
    opened = call(app, "client-feedback-dialog", {f"{button}.n_clicks": 1}, f"{button}.n_clicks")
    assert opened["client-feedback-dialog"]["is_open"] is True
    assert "This was real" in written(opened)
    saved = call(
        app, "client-feedback-dialog",
        {"client-feedback-save.n_clicks": 1, "client-feedback-note.value": " a storm ",
         "client-feedback-subject.data": opened["client-feedback-subject"]["data"]},
        "client-feedback-save.n_clicks",
    )  # fmt: skip
    assert saved["client-feedback-dialog"]["is_open"] is False
    assert stored == [(SHELL, 7, FeedbackVerdict.REAL, "a storm")]
    assert text_of(feedback.dialog("client"))
