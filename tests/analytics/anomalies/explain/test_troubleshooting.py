"""The documentation's steps with the figures of an explanation."""

from analytics.anomalies.explain.answers import Contribution
from analytics.anomalies.explain.troubleshooting import INDICATED_BY, advice
from analytics.notifications.advice import BY_KEY_PART


def contribution(share: float, usual: float, **labels: str) -> Contribution:
    return Contribution(
        slice=labels, change=share * 100, share=share, usual_share=usual, n=100.0, rank_low=1,
        rank_high=1, is_notable=share > usual + 0.1,
    )  # fmt: skip


def test_the_step_that_a_slice_points_to_comes_first_with_its_figures() -> None:
    slices = [
        contribution(0.87, 0.12, release="2.4.1"), contribution(0.19, 0.2, page="/chat")
    ]  # fmt: skip
    release, page, kind = advice("error_rate", slices, 40.0, "failed messages")
    assert release.endswith(
        "after a release. Here: release 2.4.1 has 87\u202f% of the extra failed messages "
        "(usually 12\u202f%)."
    )
    assert page.endswith("Here: page /chat has 19\u202f% of the extra failed messages, as usual.")
    assert "Here" not in kind
    latency = advice("latency_ms", [contribution(0.9, 0.1, country="BR")], 9.0, "round trips")
    assert latency[0].startswith("Look for a bottleneck in the network")


def test_missing_reports_have_the_advice_of_silence_and_others_none() -> None:
    assert "server runs" in advice("reports", [], -9.0, "reports")[0]
    assert advice("interactions", [], 9.0, "interactions") == ()
    assert {each.problem for _, each in BY_KEY_PART} == {*INDICATED_BY}
