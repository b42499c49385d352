"""Every campaign that is declared: its victims, its flows, and that tokens leave the victim's hands."""

from __future__ import annotations

import re

import pytest
from tests.lab.simulate.scene import attack_of

from grantwatch.lab.simulate.declared import Campaign, all_campaigns

every_campaign = pytest.mark.parametrize("campaign", all_campaigns(), ids=lambda each: each.id)


def test_there_are_the_attacks_that_are_known():
    all_of_them = all_campaigns()
    assert len(all_of_them) >= 14
    assert sum(each.hard for each in all_of_them) >= 4
    assert sum(each.least >= 3 for each in all_of_them) >= 4
    ids = {each.id for each in all_of_them}
    assert {"attacker-every-row", "railway-wave", "own-client-next-door", "browser-agent"} <= ids
    assert {"slow-burn", "room-phished", "second-generation", "blocked-campaign"} <= ids


@every_campaign
def test_it_declares_what_it_is(campaign: Campaign):
    assert campaign.what.endswith(".")
    assert re.match(r"§\d", campaign.stands_for)


@every_campaign
def test_every_victim_has_a_flow(campaign: Campaign):
    tale = attack_of(campaign)
    victims = [given.sign_ins[0].user.id for given in tale.given]
    assert sorted(victims) == sorted(who.who.id for who in tale.cast)
    assert not tale.loose
    assert {decoy.kind for decoy in tale.decoys} <= {"tainted-browser"}


@every_campaign
def test_tokens_are_used_where_the_victim_is_not(campaign: Campaign):
    tale = attack_of(campaign)
    for who, given in zip(tale.cast, tale.given, strict=True):
        assert given.sign_ins[0].user == who.who
        if given.outcome != "redeemed":
            continue
        own = {who.place(day).ip for day in range(60)} | {who.home(day).ip for day in range(60)}
        redemption = next(leg for leg in given.legs if not leg.interactive)
        assert redemption.place.ip not in own
        assert all(use.place.ip not in own for use in given.uses)


@every_campaign
def test_what_is_done_comes_after_the_redemption_and_names_its_token(campaign: Campaign):
    for given in attack_of(campaign).given:
        redeemed = [leg.time for leg in given.legs if not leg.interactive]
        tokens = {event.token_id for event in given.sign_ins}
        for deed in given.follow_ons:
            assert deed.time > redeemed[0]
            assert deed.token_id is None or deed.token_id in tokens


@every_campaign
def test_it_is_all_stopped_or_some_of_it_succeeds(campaign: Campaign):
    outcomes = {given.outcome for given in attack_of(campaign).given}
    assert ("redeemed" in outcomes) == (campaign.id != "blocked-campaign")


@every_campaign
def test_the_same_seed_tells_the_same(campaign: Campaign):
    assert attack_of(campaign).sign_ins == attack_of(campaign).sign_ins != attack_of(campaign, seed=6).sign_ins
