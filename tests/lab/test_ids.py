from __future__ import annotations

import pytest

from grantwatch.lab import Mint, request_id_of, token_id_of


@pytest.mark.parametrize(
    ("request_id", "token_id"),
    [
        ("42a0215d-dde0-4fd5-b4d0-a8ed88ae6900", "XSGgQuDd1U-00KjtiK5pAA"),
        ("a7e6febd-686c-403e-97b2-fde5547bee00", "vf7mp2xoPkCXsv3lVHvuAA"),
    ],
)
def test_a_token_id_is_the_request_id_in_dotnet_order(request_id, token_id):
    assert token_id_of(request_id) == token_id
    assert request_id_of(token_id) == request_id


def test_every_minted_request_id_survives_the_round_trip():
    mint = Mint(3)
    for _ in range(200):
        request_id = mint.request_id()
        assert request_id.endswith("00")
        assert request_id_of(token_id_of(request_id)) == request_id


def test_the_same_seed_mints_the_same_ids():
    assert [Mint("a").guid(), Mint("a").hex(8)] == [Mint("a").guid(), Mint("a").hex(8)]
    assert Mint("a").guid() != Mint("b").guid()


def test_between_reaches_both_ends_and_nothing_else():
    mint = Mint(1)
    assert {mint.between(2, 4) for _ in range(200)} == {2, 3, 4}
