"""The proposal covers all honest use with few allowances, opens little, and lets in nobody who was kept out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import ARM, AZURE_CLI, BROKER, GRAPH, HOME, NOWHERE, RENTED, START, WORK, a_grant
from tests.usage.scene import judged, place, taken

from grantwatch.allowances import Allowances, matches
from grantwatch.allowances.reader import parse
from grantwatch.usage import Inventory, Proposal, propose
from grantwatch.usage.candidates import FREE, MOST_OPENED
from grantwatch.usage.proposal_file import text
from grantwatch.verdict import Judged, Severity

TODAY = date(2026, 11, 26)


def a_login(
    user: str, network=HOME, *, day: float = 0, client=AZURE_CLI, resource=ARM, kind: str | None = None
) -> Judged:
    builder = a_grant(user, client=client, resource=resource, at=START - timedelta(days=day))
    builder.approved(network).redeemed(network)
    return judged(builder.said_to_be(kind) if kind else builder)


def proposed(made: Inventory) -> Proposal:
    return propose(made, today=TODAY)


def read_through(made: Inventory) -> str:
    """The file without its line breaks, as comments are wrapped."""
    return " ".join(text(made, proposed(made)).replace("#", " ").split())


def uncovered(made: Inventory, allowances: Allowances) -> list[str]:
    """Honest grants that the real matcher finds no allowance for."""
    return [
        each.grant.grant_id
        for each in made.honest
        if not matches(allowances, each.grant, made.kinds[each.grant.grant_id])
    ]


def test_peers_share_an_allowance() -> None:
    made = taken(*(a_login(user, day=n) for n, user in enumerate(("ann", "bob", "cyd", "dan"))))
    (line,) = proposed(made).lines
    assert line.allowance.subject.users == tuple(f"{user}@example.com" for user in ("ann", "bob", "cyd", "dan"))
    assert (line.exposure.ways, line.exposure.opened) == (4, 0)
    assert (line.span.count, len(line.grant_ids)) == (4, 4)
    assert line.allowance.expires == TODAY + timedelta(days=180)
    assert line.allowance.owner is None


def test_people_of_other_clients_and_places_do_not_stand_for_one_another() -> None:
    logins = [a_login(f"cli{n}", place(n)) for n in range(6)]
    logins += [a_login(f"graph{n}", place(20 + n, 64600), client=BROKER, resource=GRAPH) for n in range(6)]
    made = taken(*logins)
    for line in proposed(made).lines:
        assert line.exposure.opened <= max(FREE, MOST_OPENED * line.exposure.seen)
        assert len(line.allowance.clients) == 1


def test_a_provider_stands_for_its_ranges_once_use_has_moved_about_in_it() -> None:
    at_home = [a_login("ann", place(n), day=n) for n in range(4)]
    (line,) = proposed(taken(*at_home)).lines
    assert (line.allowance.networks.asns, line.allowance.networks.ranges) == ((64500,), ())
    assert line.exposure.providers == (64500,)
    (few,) = proposed(taken(*at_home[:2])).lines
    assert few.allowance.networks.asns == ()
    assert len(few.allowance.networks.ranges) == 2


def test_a_network_for_rent_is_named_by_address_range_only() -> None:
    rented = [a_login("ann", place(n)._replace(asn=RENTED.asn), day=n) for n in range(5)]
    (line,) = proposed(taken(*rented)).lines
    assert line.allowance.networks.asns == ()
    assert len(line.allowance.networks.ranges) == 5


def test_rooms_are_covered_by_their_class_and_persons_never_are() -> None:
    rooms = [a_login(f"room{n}", client=BROKER, kind="device") for n in range(4)]
    people = [a_login(f"user{n}") for n in range(8)]
    lines = proposed(taken(*rooms, *people)).lines
    assert [line.allowance.subject.classes for line in lines] == [(), ("device",)]
    assert lines[1].exposure.whole_class
    assert proposed(taken(*rooms[:2])).lines[0].allowance.subject.classes == ()


def test_what_was_kept_out_bounds_what_is_joined() -> None:
    honest = [a_login("ann", HOME), a_login("bob", WORK), *(a_login("eve", place(n), day=n + 1) for n in range(4))]
    attack = a_grant("ann", at=START - timedelta(days=2)).approved(HOME).redeemed(WORK)
    moved = a_grant("eve", at=START - timedelta(days=3)).approved(place(77)).redeemed(place(77))
    free = taken(*honest)
    bound = taken(*honest, judged(attack, Severity.HIGH), judged(moved, Severity.HIGH))
    assert any(len(line.users) > 1 for line in proposed(free).lines)
    assert any(line.exposure.providers for line in proposed(free).lines)
    for line in proposed(bound).lines:
        assert line.suspects == ()
        assert not line.exposure.providers
    assert not uncovered(bound, proposed(bound).allowances)


def test_a_suspect_in_the_very_same_way_is_covered_and_told() -> None:
    made = taken(
        a_login("ann"), judged(a_grant("ann", at=START - timedelta(days=2)).approved(HOME), Severity.HIGH, "bad")
    )
    (line,) = proposed(made).lines
    assert line.suspects == ("bad",)
    assert "CAUTION: it also covers what was kept out: bad" in read_through(made)


def test_without_a_network_in_the_records_any_is_proposed_and_said() -> None:
    made = taken(a_login("ann", NOWHERE))
    (line,) = proposed(made).lines
    assert line.allowance.networks.everywhere
    assert line.exposure.networks == 0
    assert not uncovered(made, proposed(made).allowances)
    assert "any network, as no record names one" in read_through(made)


def test_grants_that_name_no_client_are_left_and_told() -> None:
    made = taken(a_login("ann"), a_login("bob", client=AZURE_CLI._replace(id="not an id")))
    found = proposed(made)
    assert [each.grant.user.upn for each in found.left] == ["bob@example.com"]
    assert "1 grant cannot be covered: no user, client or resource is named" in read_through(made)


def test_nothing_is_proposed_where_nothing_is_used() -> None:
    made = taken()
    found = proposed(made)
    assert found.lines == ()
    assert parse(text(made, found)).findings == ()


# --- properties

users = st.sampled_from(["ann", "bob", "cyd", "dan", "eve", "fay"])
networks = st.sampled_from([HOME, WORK, RENTED, NOWHERE, *(place(n) for n in range(5)), place(9, 64700)])
logins = st.builds(
    a_login,
    users,
    networks,
    day=st.integers(0, 80),
    client=st.sampled_from([AZURE_CLI, BROKER]),
    resource=st.sampled_from([ARM, GRAPH]),
    kind=st.sampled_from([None, "device", "service", "guest"]),
)


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    honest = draw(st.lists(logins, min_size=1, max_size=14))
    bad = [
        replace(each, verdict=each.verdict._replace(severity=Severity.HIGH, score=70))
        for each in draw(st.lists(logins, max_size=4))
    ]
    made = [replace(each, grant=replace(each.grant, grant_id=f"{n:016x}")) for n, each in enumerate([*honest, *bad])]
    return taken(*made)


@settings(max_examples=60)
@given(inventories())
def test_every_honest_grant_is_covered_and_no_line_is_one_too_many(made: Inventory) -> None:
    found = proposed(made)
    allowances = found.allowances.allowances
    assert not uncovered(made, Allowances(allowances))
    assert len(allowances) <= len({(each.grant.user.upn, each.grant.client.id) for each in made.honest}) * 4
    for place_ in range(len(allowances)):
        assert uncovered(made, Allowances(allowances[:place_] + allowances[place_ + 1 :]))


@settings(max_examples=60)
@given(inventories())
def test_each_line_tells_what_it_rests_on_and_whom_it_lets_in(made: Inventory) -> None:
    for line in proposed(made).lines:
        alone = Allowances((line.allowance,))
        covered = [each for each in made.honest if matches(alone, each.grant, made.kinds[each.grant.grant_id])]
        assert {each.grant.grant_id for each in covered} >= set(line.grant_ids)
        assert line.grant_ids
        out = [each.judged.grant.grant_id for each in made.kept_out if matches(alone, each.judged.grant, each.kind)]
        assert list(line.suspects) == out
        if out:
            # What lets a suspect in is never a join: it is what one account did, or peers in the very same way.
            assert line.exposure.opened == 0 or len(line.users) == 1
            assert not line.exposure.whole_class


@settings(max_examples=30)
@given(inventories(), st.randoms(use_true_random=False))
def test_the_order_of_the_grants_makes_no_difference(made: Inventory, random) -> None:
    given_ = list(made.hunt.grants)
    random.shuffle(given_)
    again = taken(*given_)
    assert text(again, proposed(again)) == text(made, proposed(made))


@settings(max_examples=30)
@given(inventories())
def test_the_file_says_what_was_proposed(made: Inventory) -> None:
    found = proposed(made)
    reading = parse(text(made, found))
    assert not reading.errors
    plain = [replace(each, line=0, column=0) for each in reading.allowances.allowances]
    assert plain == list(found.allowances.allowances)


@given(st.text(min_size=1, max_size=30))
def test_names_from_logs_do_no_harm_in_the_file(name: str) -> None:
    login = a_login("ann")
    grant = replace(login.grant, user=login.grant.user._replace(upn=name))
    made = taken(replace(login, grant=grant))
    found = proposed(made)
    written = text(made, found)
    assert not parse(written).errors
    assert written.replace("\n", "").isprintable()
    assert not uncovered(made, parse(written).allowances)
