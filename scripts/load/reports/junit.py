"""A report as JUnit XML: one test case for each threshold, for CI."""

from xml.etree.ElementTree import Element, SubElement, tostring

from analytics.load_tests.report import LoadTestReport, Outcome


def junit(report: LoadTestReport) -> bytes:
    """The XML document."""
    broken = report.verdict.broken
    is_failed = report.verdict.outcome is not Outcome.PASSED
    seconds = (report.ended_at - report.started_at).total_seconds()
    name = f"{report.plan.profile} {report.plan.scenario}"
    suite = Element(
        "testsuite", name="websocket load test", tests="1", failures=str(int(is_failed)),
        errors="0", time=f"{seconds:.3f}", timestamp=report.started_at.isoformat(),
    )  # fmt: skip
    case = SubElement(suite, "testcase", name=name, classname="load", time=f"{seconds:.3f}")
    if is_failed:
        failure = SubElement(case, "failure", message=report.verdict.sentence)
        failure.text = "\n".join(broken)
    document: bytes = tostring(suite, encoding="utf-8", xml_declaration=True)
    return document
