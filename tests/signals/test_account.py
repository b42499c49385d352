"""What kind of account it is: by its records, or because somebody says so."""

from __future__ import annotations

import pytest
from tests.builders import (
    AZURE_CLI,
    BROKER,
    HOME,
    OFFICE,
    OTHER_TENANT,
    PYTHON,
    REGISTRATION,
    ROOM,
    SITE,
    START,
    TEAMS_SERVICE,
    GrantBuilder,
    a_grant,
)

from grantwatch.signals import Evidence, NotFired, account_class, device_account, registered

SIGNALS = {each.id: each for each in registered()}


def kind(builder: GrantBuilder) -> str:
    return account_class(builder.case()).kind


def machine(times: int = 8) -> GrantBuilder:
    """Signs in with a command line every few days, and in no other way."""
    return a_grant("build", client=AZURE_CLI).redeemed(HOME, agent=PYTHON).habit(HOME, times=times, every=2)


def test_classes_are_told_by_behaviour() -> None:
    room = a_grant("room-4", client=ROOM, resource=TEAMS_SERVICE).approved(SITE).habit(SITE)
    assert kind(room) == "device"
    assert kind(machine()) == "service"
    assert kind(a_grant().approved().redeemed().works()) == "person"
    assert kind(a_grant().approved().of_tenant(OTHER_TENANT)) == "guest"
    assert kind(a_grant().approved().of_tenant(OTHER_TENANT, type="member")) == "guest"


def test_a_service_takes_days_of_command_lines_and_nobody_in_between() -> None:
    assert kind(machine().works()) == "person"
    assert kind(machine(times=4)) == "person"
    assert kind(machine().habit(HOME, client=OFFICE, ids="office")) == "person"
    assert kind(a_grant("new").redeemed()) == "person"


@pytest.mark.parametrize("stated", ["person", "device", "service", "guest"])
def test_what_is_stated_counts_whatever_the_records_show(stated: str) -> None:
    found = account_class(machine().said_to_be(stated).case())
    assert (found.kind, found.stated) == (stated, True)
    assert device_account(machine().said_to_be(stated).case()) is (stated == "device")


def test_a_stated_device_may_be_set_up_with_the_broker_and_a_stated_person_may_not() -> None:
    set_up = a_grant("room-4", client=BROKER, resource=REGISTRATION).approved(SITE).redeemed(SITE)
    broker = SIGNALS["client.broker_registration"]
    assert isinstance(broker.judge(set_up.case()), Evidence)
    assert isinstance(broker.judge(set_up.said_to_be("device").case()), NotFired)
    known_room = set_up.habit(SITE, client=ROOM, resource=TEAMS_SERVICE)
    assert isinstance(broker.judge(known_room.said_to_be("person").case()), Evidence)


def test_services_have_no_working_hours() -> None:
    at_night = a_grant(at=START.replace(hour=2)).approved().works()
    odd = SIGNALS["identity.odd_hour"]
    assert isinstance(odd.judge(at_night.case()), Evidence)
    assert isinstance(odd.judge(at_night.said_to_be("service").case()), NotFired)


def test_where_the_lineage_is_not_logged_an_account_at_its_site_may_be_a_device() -> None:
    broker = SIGNALS["client.broker_registration"]
    blind = frozenset({"stream:non_interactive"})

    def found(builder: GrantBuilder, missing: frozenset[str] = blind) -> Evidence:
        answer = broker.judge(builder.case(missing=missing))
        assert isinstance(answer, Evidence)
        return answer

    def set_up() -> GrantBuilder:
        return a_grant("room-4", client=BROKER, resource=REGISTRATION).approved(SITE).tenant_knows(SITE)

    room = found(set_up())
    assert not room.alone
    assert room.weight < 0.5 * found(set_up(), frozenset()).weight
    assert found(set_up(), frozenset()).alone
    assert found(set_up().works()).alone, "a person signs in with it"
    assert found(a_grant(client=BROKER, resource=REGISTRATION).approved(HOME).tenant_knows(SITE)).alone, "elsewhere"
