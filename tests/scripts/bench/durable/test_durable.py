"""The bench of durable posts: the same report for every server, and a table of medians."""

import json

from flask.testing import FlaskClient

from scripts.bench.durable import __main__, posts, servers
from scripts.bench.durable.__main__ import Round


def body_of(post: bytes) -> bytes:
    head, _, body = post.partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(body) in head
    return body


def test_posts_are_of_equal_size_and_differ_in_their_ids(client: FlaskClient) -> None:
    make = posts.of_ours()
    first, second = (body_of(make()) for _ in range(2))
    assert len(first) == len(second)
    assert 1150 < len(first) < 1300
    assert json.loads(first)["report_id"] != json.loads(second)["report_id"]
    for body in (first, second):
        receipt = client.post("/api/ws/client-metrics", data=body, content_type="application/json")
        assert receipt.status_code == 201
        assert receipt.json is not None
        assert (receipt.json["accepted"], receipt.json["unknown_fields"]) == (1, 0)


def test_a_line_has_the_fields_of_the_report() -> None:
    each = posts.report()
    line = posts.line(each)
    assert line.startswith("reports,app=bench,effective_type=4g,endpoint=/ws,page=/chat,")
    for name in (*each["connection"], *each["messages"], *each["ux"], "report_id", "histogram"):
        assert f"{name}=" in line
    assert body_of(posts.of_influxdb()()).count(b",") == line.count(",")


def test_the_table_has_medians_and_ratios_by_pairs() -> None:
    ours, other = Round(300, 100, 120, 5, 10, 0), Round(100, 200, 180, 9, 20, 1)
    lines = __main__.table(["this build", "before"], [[ours, other]] * 3).splitlines()
    assert lines[2] == "| this build | 300 | 100 | 120 | 5 | 10 |  |  |  |"
    assert lines[3].endswith("| 9 | 20 | 3.00 | 2.00; with store 1.50 | 0.50 |")
    assert {line.count("|") for line in lines[:4]} == {10}
    assert lines[4] == "3 rounds; posts not stored: 3"


def test_the_time_of_a_process_counts_its_children() -> None:
    assert servers.cpu_seconds(1) >= 0
    assert servers.cpu_seconds(0) == 0
