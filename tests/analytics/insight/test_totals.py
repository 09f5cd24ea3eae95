"""The change of the totals that is named beside one that was searched for."""

from dataclasses import replace

from analytics.insight import totals
from analytics.insight.remark import Remark
from analytics.stats.comparison import FigureChange
from analytics.stats.verdict import Verdict


def a_remark(key: str, weight: float, meaning: Verdict = Verdict.WORSE) -> Remark:
    """A change of one metric."""
    change = FigureChange(0.5, is_notable=True, growth=weight)
    return Remark(key=key, change=change, meaning=meaning, now=1.5, before=1.0, weight=weight)


def test_the_weightier_is_named_but_not_the_total_that_a_value_explains() -> None:
    in_brazil = replace(a_remark("latency_ms", 0.5), labels={"country": "BR"})
    latency, reply = a_remark("latency_ms", 0.9), a_remark("reply_ms", 0.8)
    drops, few_drops = a_remark("drops", 0.7), a_remark("drops", 0.3)
    assert totals.foremost(in_brazil, [latency, reply]) == in_brazil
    assert totals.foremost(in_brazil, [latency, few_drops]) == in_brazil
    assert totals.foremost(in_brazil, [latency, drops]) == drops
    assert totals.foremost(None, [latency, drops]) == latency


def test_what_is_better_is_named_only_where_nothing_is_worse() -> None:
    better = a_remark("stability", 2.0, Verdict.BETTER)
    assert totals.foremost(None, [better]) == better
    assert totals.foremost(a_remark("drops", 0.1), [better]) == a_remark("drops", 0.1)
    assert totals.foremost(None, []) is None
