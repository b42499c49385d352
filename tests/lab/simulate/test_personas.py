"""Every persona that is declared: what it tells is in the truth, and honest."""

from __future__ import annotations

import re

import pytest
from tests.lab.simulate.scene import DAYS, cast_of, tale_of

from grantwatch.lab.simulate.declared import Persona, all_personas
from grantwatch.lab.simulate.told import OUTCOMES

every_persona = pytest.mark.parametrize("persona", all_personas(), ids=lambda each: each.id)


def test_there_are_the_classes_of_false_positives_that_analysts_meet():
    ids = {each.id for each in all_personas()}
    assert len(ids) >= 24
    assert {"cli-developer", "new-hire", "traveller", "pipeline", "jump-host", "room-account", "room-roll-out"} <= ids
    assert {"guest-consultant", "office-move", "provider-change", "mobile-interrupt", "phone-enrolment"} <= ids


@every_persona
def test_it_declares_what_it_is(persona: Persona):
    assert persona.what.endswith(".")
    assert re.match(r"§\d", persona.stands_for)
    assert persona.number(2000) >= persona.number(200) >= 1
    assert persona.number(persona.minimum_users - 1) == 0


@every_persona
def test_it_acts(persona: Persona):
    tale = tale_of(persona)
    assert tale.sign_ins or tale.deeds
    own = {who.who.id for who in tale.cast}
    assert {event.user.id for event in tale.sign_ins} <= own


@every_persona
def test_what_looks_like_a_flow_is_told_as_one_or_as_a_decoy(persona: Persona):
    tale = tale_of(persona)
    loose = [event for event in tale.sign_ins if event in tale.loose]
    assert not [event for event in loose if event.transfer == "deviceCodeFlow" or event.error_code == 50199]
    assert not [event for decoy in tale.decoys for event in decoy.sign_ins if event.protocol == "deviceCode"]


@every_persona
def test_its_flows_are_whole(persona: Persona):
    for given in tale_of(persona).given:
        assert given.outcome in OUTCOMES
        assert len({event.user.id for event in given.sign_ins}) == 1
        codes = [leg.error_code for leg in given.legs]
        assert codes[0] == 50199
        redeemed = [leg for leg in given.legs if not leg.interactive]
        assert bool(redeemed) == (given.outcome == "redeemed")
        assert (53003 in codes) == (given.outcome == "blocked")
        if redeemed:
            assert given.approval is not None
            assert 0 < (redeemed[0].time - given.approval.time).total_seconds() < 5
            assert all(use.time > redeemed[0].time for use in given.uses)
            assert {use.session_id for use in given.uses} <= {given.approval.session_id}


@every_persona
def test_the_same_seed_tells_the_same(persona: Persona):
    assert tale_of(persona).sign_ins == tale_of(persona).sign_ins
    assert tale_of(persona).sign_ins != tale_of(persona, seed=6).sign_ins or not tale_of(persona).sign_ins


@every_persona
def test_no_flow_reaches_out_of_the_time_seen_but_its_uses(persona: Persona):
    (first, *_) = cast_of(persona)
    for given in tale_of(persona).given:
        for leg in given.legs:
            assert (leg.time - first.stage.start).days < DAYS
