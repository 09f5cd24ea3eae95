"""Close codes: described as the pages show them, with the normal ones among them."""

from models.metrics import close_codes


def test_normal_codes_are_described_and_abnormal_closes_are_not_among_them() -> None:
    assert set(close_codes.DESCRIPTIONS) > close_codes.NORMAL
    assert "1006" not in close_codes.NORMAL


def test_codes_are_those_a_socket_can_report() -> None:
    codes = close_codes.DESCRIPTIONS.keys() - {close_codes.UNKNOWN}
    assert {int(code) for code in codes} == {*range(1000, 1016)} - {1004}
