"""Tokens: unique names, looked up by their hash, their use noted once a minute."""

from datetime import timedelta
from uuid import uuid4

import pytest

from models.database.engine import Database
from models.people.api_tokens import ApiToken, ApiTokens, NameTaken
from tests.support.clock import NOON, Clock

HASH = b"h" * 32


def add(database: Database, name: str = "ci", token_hash: bytes = HASH) -> ApiToken:
    return ApiTokens(database).add(name, "ingest", token_hash, "ada", NOON)


def test_a_token_is_looked_up_by_its_hash_alone(database: Database) -> None:
    token = add(database)
    tokens = ApiTokens(database)
    assert tokens.find(HASH, NOON) == token
    assert tokens.find(b"", NOON) is None
    assert tokens.find(HASH[:-1], NOON) is None


def test_a_name_is_taken_once(database: Database) -> None:
    add(database)
    with pytest.raises(NameTaken, match="ci"):
        add(database, token_hash=b"another")
    add(database, "CI", b"another")


def test_the_use_of_a_token_is_noted_once_a_minute(database: Database, clock: Clock) -> None:
    add(database)
    tokens, noted = ApiTokens(database), []
    for seconds in (0, 60, 1):
        clock.advance(seconds=seconds)
        tokens.find(HASH, clock())
        noted.append(tokens.all()[0].used_at)
    assert noted == [NOON, NOON, NOON + timedelta(seconds=61)]


def test_a_removed_token_opens_nothing(database: Database) -> None:
    token = add(database)
    tokens = ApiTokens(database)
    assert tokens.remove(uuid4()) is None
    assert (tokens.remove(token.id), tokens.remove(token.id)) == ("ci", None)
    assert tokens.find(HASH, NOON) is None


def test_tokens_are_ordered_by_name_and_hold_no_secret(database: Database) -> None:
    for name in ("web", "ci", "'; DROP TABLE api_tokens --"):
        add(database, name, name.encode())
    tokens = ApiTokens(database).all()
    assert [token.name for token in tokens] == ["'; DROP TABLE api_tokens --", "ci", "web"]
    assert not hasattr(tokens[0], "token_hash")
