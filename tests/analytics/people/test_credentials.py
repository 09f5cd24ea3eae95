"""Passwords and tokens: what is accepted, what is stored of them, and what matches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.people import credentials
from analytics.people.credentials import PasswordRefused

PASSWORD = "correct horse battery st\u00e4ple"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return credentials.hashed_password(PASSWORD)


def test_only_the_password_itself_matches_its_hash(password_hash: str) -> None:
    assert credentials.is_password(PASSWORD, password_hash)
    for wrong in (PASSWORD + " ", PASSWORD.upper(), "", PASSWORD[:-1]):
        assert not credentials.is_password(wrong, password_hash)


def test_a_hash_is_salted_and_does_not_hold_the_password(password_hash: str) -> None:
    assert credentials.hashed_password(PASSWORD) != password_hash
    assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "horse" not in password_hash


@pytest.mark.parametrize("password_hash", [None, "", "plain", "$argon2id$v=19$broken"])
def test_without_a_readable_hash_no_password_is_right(password_hash: str | None) -> None:
    assert not credentials.is_password(PASSWORD, password_hash)


def test_the_longest_password_counts_to_its_last_character() -> None:
    longest = "x" * credentials.MAX_LENGTH
    stored = credentials.hashed_password(longest)
    assert credentials.is_password(longest, stored)
    assert not credentials.is_password(longest[:-1] + "y", stored)


@pytest.mark.parametrize(
    ("password", "email", "reason"),
    [
        ("x" * 11, "", "at least 12"),
        ("", "", "at least 12"),
        ("x" * 257, "", "at most 256"),
        ("Ada@Example.com.au", "ada@example.com.AU", "must not be the address"),
    ],
)
def test_a_bad_password_is_refused_with_the_rule(password: str, email: str, reason: str) -> None:
    with pytest.raises(PasswordRefused, match=reason):
        credentials.check_password_rules(password, email)


@given(st.text(min_size=12, max_size=256))
def test_any_text_of_the_right_length_is_a_password(password: str) -> None:
    credentials.check_password_rules(password, "ada@example.com")


def test_generated_passwords_keep_the_rules_and_differ() -> None:
    passwords = {credentials.new_password() for _ in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        credentials.check_password_rules(password)
        assert password.replace("-", "").isalnum()


def test_tokens_are_long_differ_and_are_recognisable() -> None:
    tokens = {credentials.new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert all(token.startswith("wsmon_") and len(token) == 49 for token in tokens)


@given(st.text(), st.text())
def test_different_tokens_have_different_hashes(first: str, second: str) -> None:
    hashes = credentials.hashed_token(first), credentials.hashed_token(second)
    assert (hashes[0] == hashes[1]) is (first == second)
    assert len(hashes[0]) == 32


def test_a_token_of_broken_text_has_a_hash_too() -> None:
    assert credentials.hashed_token("\udcff") != credentials.hashed_token("?")
