import json

from analytics.anomalies.explain.answers import Contribution, Explanation, to_record
from analytics.anomalies.listing import details_of

EXPLANATION = Explanation(
    total_change=1460.0,
    unit="drops",
    contributions=(
        Contribution(
            slice={"release": "2.4.1", "country": "BR"}, change=1270.0, share=0.87,
            usual_share=0.02, n=1301.0, sessions=210.0, rank_low=1, rank_high=1, is_notable=True,
        ),
        Contribution(
            slice={"country": "DE"}, change=262.0, share=0.18, usual_share=0.19, n=900.0,
            rank_low=2, rank_high=4, is_notable=False,
        ),
    ),
    mix_share=0.02,
    rate_share=0.98,
    not_counted={"country+browser": "not kept that long"},
    sentence="87 % of the extra drops: release 2.4.1 in Brazil.",
    notes=("Germany has its usual share (19 %): nothing special there.",),
)  # fmt: skip


def test_a_record_is_json_and_gives_the_explanation_again() -> None:
    assert details_of(json.loads(json.dumps(to_record(EXPLANATION)))) == EXPLANATION


def test_only_what_is_beyond_its_usual_share_is_notable() -> None:
    assert [each.slice for each in EXPLANATION.notable] == [{"release": "2.4.1", "country": "BR"}]
