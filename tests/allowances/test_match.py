"""Which grants an allowance covers: every part has to be seen and to fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.allowances.scene import an_allowance
from tests.builders import (
    ABROAD,
    ARM,
    AZURE_CLI,
    BROKER,
    GRAPH,
    HOME,
    NOWHERE,
    RENTED,
    SITE,
    START,
    WORK,
    GrantBuilder,
    a_grant,
)

from grantwatch.allowances import Allowance, Allowances, Flow, Group, Networks, State, Subject, differs, matches
from grantwatch.allowances.lint import within
from grantwatch.grants.model import Network, Party

HOME_ONLY = Networks(ranges=(ip_network("192.0.2.0/24"),))


def a_login() -> GrantBuilder:
    return a_grant().approved(HOME).redeemed(HOME)


def wrong(allowance: Allowance, builder: GrantBuilder, kind: str | None = "person") -> tuple[str, ...]:
    return differs(Allowances((allowance,)), allowance, Flow.of(builder.grant()), kind)


def test_a_grant_is_covered_where_every_part_fits() -> None:
    narrow = an_allowance(clients=(AZURE_CLI.id,), resources=(ARM.id,), networks=HOME_ONLY)
    assert wrong(narrow, a_login()) == ()
    assert wrong(narrow, a_grant("bob").approved(HOME).redeemed(HOME)) == ("subject",)
    assert wrong(narrow, a_grant(client=BROKER, resource=GRAPH).approved(WORK)) == ("client", "resource", "network")


@pytest.mark.parametrize("name", ["ALICE@example.com".lower(), "id-alice"])
def test_a_user_is_named_by_principal_name_or_id(name: str) -> None:
    assert wrong(an_allowance(subject=Subject(users=(name,))), a_login()) == ()


def test_a_group_covers_its_members_and_a_class_its_accounts() -> None:
    grouped = an_allowance(subject=Subject(groups=("devs",)))
    for members, by in ((frozenset({"alice@example.com"}), "group"), (frozenset({"bob@example.com"}), None)):
        given_ = Allowances((grouped,), {"devs": Group("devs", members=members)})
        found = matches(given_, a_login().grant(), "person")
        assert [match.by for match in found] == ([by] if by else [])
    classed = Allowances((an_allowance(subject=Subject(classes=("device",))),))
    assert [match.by for match in matches(classed, a_login().grant(), "device")] == ["class"]
    assert matches(classed, a_login().grant(), "person") == ()
    assert matches(classed, a_login().grant(), None) == ()


def test_whoever_redeems_elsewhere_is_not_covered() -> None:
    home = an_allowance(networks=HOME_ONLY)
    assert wrong(home, a_grant().approved(HOME).redeemed(RENTED)) == ("network",)
    assert wrong(home, a_login().used(network=RENTED, minutes=5)) == ("network",)
    assert wrong(home, a_login().used(network=RENTED, minutes=5, party=Party.APPROVER)) == ()


def test_use_elsewhere_after_the_first_hour_is_covered_and_told() -> None:
    home = Allowances((an_allowance(networks=HOME_ONLY),))
    (stays,) = matches(home, a_login().used(network=HOME, minutes=300).grant(), "person")
    (goes,) = matches(home, a_login().used(network=ABROAD, minutes=300).grant(), "person")
    assert (stays.elsewhere, goes.elsewhere) == (False, True)


def test_what_no_record_says_fits_any_only() -> None:
    nowhere = a_grant().approved(NOWHERE)
    assert wrong(an_allowance(networks=HOME_ONLY), nowhere) == ("network",)
    assert wrong(an_allowance(), nowhere) == ()
    unnamed = a_grant(resource=ARM._replace(id=None)).approved(HOME)
    assert wrong(an_allowance(resources=(ARM.id,)), unnamed) == ("resource",)
    assert wrong(an_allowance(), unnamed) == ()


def test_what_one_record_says_of_an_address_range_holds_for_the_others_in_it() -> None:
    bare = Network(HOME.ip, HOME.prefix)
    asn = Networks(asns=(HOME.asn or 0,))
    assert wrong(an_allowance(networks=asn), a_grant().approved(HOME).redeemed(bare)) == ()
    assert wrong(an_allowance(networks=asn), a_grant().approved(bare).redeemed(bare)) == ("network",)


@pytest.mark.parametrize(
    ("networks", "kind"),
    [
        (HOME_ONLY, "range"),
        (Networks(asns=(64496,)), "asn"),
        (Networks(countries=("DE",)), "country"),
        (Networks(), "any"),
        (Networks(ranges=(ip_network("192.0.2.0/24"),), countries=("DE",)), "range"),
    ],
)
def test_how_narrowly_a_network_is_named_is_told(networks: Networks, kind: str) -> None:
    (found,) = matches(Allowances((an_allowance(networks=networks),)), a_login().grant(), "person")
    assert found.network == kind


def test_the_widest_part_that_was_needed_counts() -> None:
    both = Networks(ranges=(ip_network("192.0.2.0/24"),), countries=("DE",))
    (found,) = matches(
        Allowances((an_allowance(networks=both),)), a_grant().approved(HOME).redeemed(SITE).grant(), None
    )
    assert found.network == "country"


def test_ranges_are_compared_by_address_of_either_version() -> None:
    held = Networks(ranges=(ip_network("192.0.2.16/30"), ip_network("2001:db8::/32")))
    assert held.hold(Network("192.0.2.17", "192.0.2.0/24"))
    assert held.hold(Network("192.0.2.77", "192.0.2.0/24")) is False
    assert held.hold(Network(None, "192.0.2.0/24")) is None, "the range is wider than what is named"
    assert held.hold(Network("::ffff:192.0.2.17", None))
    assert held.hold(Network("2001:db8:1::5%eth0", "2001:db8:1::/48"))
    assert held.hold(Network("no address", "neither")) is None
    assert held.hold(NOWHERE) is None


def test_the_state_is_that_of_the_day_of_the_grant() -> None:
    today = START.date()
    for expires, owner, state in (
        (today, "ops", State.ACTIVE),
        (today - timedelta(days=1), "ops", State.EXPIRED),
        (today, None, State.UNOWNED),
        (today - timedelta(days=1), None, State.EXPIRED),
    ):
        made = Allowances((an_allowance(expires=expires, owner=owner),))
        assert [match.state for match in matches(made, a_login().grant(), None)] == [state]


# --- properties

places = st.sampled_from([HOME, WORK, SITE, ABROAD, RENTED, NOWHERE])
ranges = st.sampled_from(["192.0.2.0/24", "192.0.2.16/28", "198.51.100.0/24", "0.0.0.0/0", "2001:db8::/32"]).map(
    ip_network
)
networks_ = st.builds(
    Networks,
    ranges=st.lists(ranges, max_size=3).map(tuple),
    asns=st.lists(st.sampled_from([64496, 64497, 400940]), max_size=2).map(tuple),
    countries=st.lists(st.sampled_from(["DE", "US", "PT"]), max_size=2).map(tuple),
)
ids = st.lists(st.sampled_from([AZURE_CLI.id, BROKER.id]), max_size=2).map(tuple)
subjects = st.builds(
    Subject,
    users=st.lists(st.sampled_from(["alice@example.com", "bob@example.com", "id-alice"]), max_size=2).map(tuple),
    classes=st.lists(st.sampled_from(["person", "device"]), max_size=2).map(tuple),
)
allowances_ = st.builds(
    lambda subject, clients, networks: an_allowance(subject=subject, clients=clients, networks=networks),
    subjects,
    ids,
    networks_,
)


@st.composite
def grants(draw: st.DrawFn) -> GrantBuilder:
    made = a_grant(draw(st.sampled_from(["alice", "bob"])), client=draw(st.sampled_from([AZURE_CLI, BROKER])))
    made.approved(draw(places))
    return made.redeemed(draw(places)) if draw(st.booleans()) else made


kinds = st.sampled_from(["person", "device", None])


@given(allowances_, allowances_, grants(), kinds)
def test_an_allowance_within_another_covers_nothing_that_the_other_does_not(
    inner: Allowance, outer: Allowance, builder: GrantBuilder, kind: str | None
) -> None:
    both = Allowances((inner, outer))
    flow = Flow.of(builder.grant())
    if within(both, inner, outer) and not differs(both, inner, flow, kind):
        assert not differs(both, outer, flow, kind)


@given(allowances_, grants(), kinds, networks_)
def test_a_longer_list_of_networks_covers_no_less(
    allowance: Allowance, builder: GrantBuilder, kind: str | None, more: Networks
) -> None:
    if allowance.networks.everywhere:
        return
    old = allowance.networks
    wider = replace(
        allowance,
        networks=Networks(old.ranges + more.ranges, old.asns + more.asns, old.countries + more.countries),
    )
    if not wrong(allowance, builder, kind):
        assert not wrong(wider, builder, kind)


@given(allowances_, grants(), kinds)
def test_an_allowance_is_within_itself_and_within_what_names_nothing(
    allowance: Allowance, builder: GrantBuilder, kind: str | None
) -> None:
    open_ = replace(allowance, clients=(), resources=(), networks=Networks())
    both = Allowances((allowance, open_))
    assert within(both, allowance, allowance)
    assert within(both, allowance, open_)
    assert set(wrong(open_, builder, kind)) <= {"subject"}
