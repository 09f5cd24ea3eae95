import pytest

from scripts.load import preflight


def test_this_machine_can_open_a_few() -> None:
    assert list(preflight.problems(10)) == []
    assert preflight.most_connections() >= 10


def test_each_shortage_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "most_files", lambda: 1024)
    monkeypatch.setattr(preflight, "_local_ports", lambda: 500)
    monkeypatch.setattr(preflight, "_available_memory", lambda: 1 << 20)
    files, ports, memory = preflight.problems(1000)
    assert "run `ulimit -n 1064` first" in files
    assert "widen net.ipv4.ip_local_port_range" in ports
    assert "1 MB are free" in memory
    assert preflight.most_connections() == (1 << 20) // preflight.BYTES_PER_CONNECTION
