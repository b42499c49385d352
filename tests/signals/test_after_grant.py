"""What leads to a grant and what comes of it: how it weighs, what makes it weigh less, and what stays silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import (
    AZURE_CLI,
    BROKER,
    EXCHANGE,
    GRAPH,
    HOME,
    OFFICE,
    PYTHON,
    RENTED,
    START,
    GrantBuilder,
    a_grant,
)

from grantwatch.grants.model import Before, Device, Naming, Tie, TieBy, TokenKind
from grantwatch.signals import Evidence, NotAssessed, NotFired, registered

SIGNALS = {each.id: each for each in registered()}
TOKEN = Tie(TieBy.TOKEN_ID, 1.0)
CLIENT = Tie(TieBy.USER_CLIENT_TIME, 0.5)
WORKER = "https://docs-a1b.mark-s-account.workers.dev/x"
OFTEN = Before(records=90, days=20, client_days=20, burst=4, log_days=60.0)


def plain() -> GrantBuilder:
    return a_grant(client=OFFICE, resource=GRAPH).approved(HOME).redeemed(RENTED).knows(HOME)


def answer(id: str, builder: GrantBuilder) -> Evidence:
    found = SIGNALS[id].judge(builder.case())
    assert isinstance(found, Evidence), found
    return found


def weight(id: str, builder: GrantBuilder) -> float:
    return answer(id, builder).weight


def why_silent(id: str, builder: GrantBuilder) -> str:
    found = SIGNALS[id].judge(builder.case())
    assert isinstance(found, NotFired), found
    return found.why


# -- lures


def clicked(
    url: str | None, builder: GrantBuilder | None = None, result: str = "ClickAllowed", **facts: str
) -> GrantBuilder:
    return (builder or plain()).followed("lure_click", facts, minutes=-3, target=url, result=result)


def test_a_mark_of_a_kit_weighs_most_and_a_shared_host_least() -> None:
    urls = (WORKER, "https://microsoft.com/devicelogin", "https://anybody.vercel.app/doc")
    weights = [weight("approach.lure_click", clicked(url)) for url in urls]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 2 * weights[2]
    assert "'docs-a1b.mark-s-account.workers.dev'" in answer("approach.lure_click", clicked(WORKER)).summary


def test_what_safe_links_says_counts_whatever_the_host() -> None:
    known = answer("approach.lure_click", clicked("https://news.example.org/a", threats="Phish"))
    assert "Safe Links knows as Phish" in known.summary
    assert weight("approach.lure_click", clicked("https://news.example.org/a", clicked_through="true")) > 1


def test_a_click_that_was_blocked_or_led_to_nothing_weighs_less() -> None:
    full = weight("approach.lure_click", clicked(WORKER))
    assert weight("approach.lure_click", clicked(WORKER, result="ClickBlocked")) == pytest.approx(full / 2, abs=0.001)
    assert weight("approach.lure_click", clicked(WORKER, a_grant().blocked())) < full / 2


@pytest.mark.parametrize("url", ["https://[", "", None, "javascript:1", "https://intranet.example.com/devicelogin"])
def test_other_links_are_no_lures(url: str | None) -> None:
    assert why_silent("approach.lure_click", clicked(url)).startswith("Links clicked in the 16 minutes before: 1")


@pytest.mark.parametrize("id", ["approach.lure_click", "persistence.device_registered"])
def test_a_mark_past_its_shelf_life_weighs_less_and_says_so(id: str) -> None:
    def marked(years: int) -> Evidence:
        at = START + timedelta(days=366 * years)
        builder = a_grant(at=at).approved(HOME).redeemed(RENTED).knows(HOME)
        clicked(WORKER, builder).followed("device_registered", os="Windows", device_name="GraphSpy-Device")
        return answer(id, builder)

    fresh, old = marked(0), marked(3)
    assert old.weight < fresh.weight
    assert "(out of date)" in old.summary
    assert "(out of date)" not in fresh.summary
    assert any("expired" in factor.why for factor in old.factors)


# -- devices


def test_three_devices_within_a_quarter_of_an_hour_are_a_burst() -> None:
    builder = plain()
    for minutes in (5, 9, 19):
        builder.followed("device_registered", minutes=minutes, os="Windows")
    assert answer("persistence.odd_device", builder).chip == "burst of devices"
    spread = plain()
    for minutes in (5, 19, 40):
        spread.followed("device_registered", minutes=minutes, os="Windows")
    assert "too few" in why_silent("persistence.odd_device", spread)


@pytest.mark.parametrize(
    ("naming", "os"), [(Naming(9, 9, 0), "Windows"), (Naming(40, 20, 0), "Windows"), (Naming(40, 40, 0), "iOS 26")]
)
def test_a_name_tells_only_where_the_tenant_has_a_way_of_naming(naming: Naming, os: str) -> None:
    builder = plain().followed("device_registered", os=os, device_name="DESKTOP-7F3A", naming=naming)
    why_silent("persistence.odd_device", builder)


# -- policies


def test_a_loosened_policy_weighs_more_than_a_change_and_less_for_who_changes_them_daily() -> None:
    def changed(before: Before | None = None, **facts: str) -> GrantBuilder:
        return plain().followed("policy", facts, minutes=30, before=before)

    loosened = weight("persistence.policy_change", changed(loosened="switched off", about_flow="true"))
    assert loosened > weight("persistence.policy_change", changed(loosened="switched off"))
    assert loosened > 3 * weight("persistence.policy_change", changed())
    assert weight("persistence.policy_change", changed(OFTEN, loosened="switched off", about_flow="true")) < loosened


# -- recon, search, files, mail

DIRECTORY = ("applications", "groups", "organisation", "people", "roles")


def test_recon_by_a_command_line_or_as_ever_weighs_less_and_later_is_not_seen() -> None:
    def called(builder: GrantBuilder, minutes: float = 9, before: Before | None = None) -> GrantBuilder:
        return builder.followed("graph_call", minutes=minutes, tie=TOKEN, areas=DIRECTORY, count=50, before=before)

    full = weight("collection.graph_recon", called(plain()))
    on_cli = a_grant(client=AZURE_CLI).approved(HOME).redeemed(RENTED).knows(HOME)
    assert weight("collection.graph_recon", called(on_cli)) < full
    assert weight("collection.graph_recon", called(plain(), before=OFTEN)) < 0.4 * full
    why_silent("collection.graph_recon", called(plain(), minutes=60 * 30))


def test_areas_add_up_over_clients() -> None:
    builder = plain().followed("graph_call", areas=DIRECTORY[:3], tie=TOKEN, count=9)
    builder.followed("graph_call", areas=DIRECTORY[2:], tie=CLIENT, count=9)
    assert "5 parts of the directory" in answer("collection.graph_recon", builder).summary


def test_without_its_log_recon_is_not_assessed() -> None:
    found = SIGNALS["collection.graph_recon"].judge(plain().case(missing=frozenset({"stream:graph_activity"})))
    assert isinstance(found, NotAssessed)


def test_what_a_person_always_does_weighs_less() -> None:
    for id, kind, more in (
        ("collection.search", "search", {"marked": 2}),
        ("collection.evidence_hidden", "mail_deleted", {"marked": 1}),
        ("collection.mail_access", "mail_access", {}),
    ):
        new = weight(id, plain().followed(kind, tie=TOKEN, **more))  # type: ignore[arg-type]
        used = weight(id, plain().followed(kind, tie=TOKEN, before=OFTEN, **more))  # type: ignore[arg-type]
        assert used < 0.5 * new, id


def test_few_files_tell_by_a_script_or_a_new_client_only() -> None:
    known_files = Before(records=300, days=30, client_days=0, burst=9, log_days=60.0)
    by_script = plain().followed("file_download", tie=TOKEN, count=9, burst=9, agent=PYTHON)
    by_new = plain().followed("file_download", tie=TOKEN, count=9, burst=9, before=known_files)
    by_hand = plain().followed("file_download", tie=TOKEN, count=9, burst=9)
    assert weight("collection.file_burst", by_script) > weight("collection.file_burst", by_new) > 0
    assert "of 25 that tell" in why_silent("collection.file_burst", by_hand)


def test_a_chat_with_a_lure_needs_no_burst_and_a_burst_of_mail_must_be_soon() -> None:
    chat = plain().followed("chat", tie=TOKEN, urls="https://microsoft.com/devicelogin")
    assert weight("collection.sending_burst", chat) > 2.6
    why_silent("collection.sending_burst", plain().followed("chat", tie=TOKEN, urls="https://intranet.example.com"))
    late = plain().followed("mail_sent", minutes=60 * 49, tie=TOKEN, count=50, burst=50)
    why_silent("collection.sending_burst", late)


def test_mail_that_a_program_deletes_weighs_more() -> None:
    by_hand = plain().followed("mail_deleted", tie=TOKEN, marked=1, client_info="Client=OWA;")
    by_program = plain().followed("mail_deleted", tie=TOKEN, marked=1, client_info="Client=REST;Client=RESTSystem;;")
    assert weight("collection.evidence_hidden", by_program) > weight("collection.evidence_hidden", by_hand)
    purge = plain().followed("mail_deleted", tie=TOKEN, operation="HardDelete", count=40, burst=40)
    assert "were purged" in answer("collection.evidence_hidden", purge).summary


def test_mail_read_by_a_new_client_counts_but_not_at_home() -> None:
    away = plain().followed("mail_access", tie=CLIENT, client=EXCHANGE)
    at_home = plain().followed("mail_access", tie=CLIENT, client=EXCHANGE, network=HOME)
    assert weight("collection.mail_access", away) < weight(
        "collection.mail_access", plain().followed("mail_access", tie=TOKEN)
    )
    assert "Left out" in why_silent("collection.mail_access", at_home)


# -- mail flow


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("forwarding", {"name": "x"}),
        ("mailbox_delegation", {"user": "Everyone", "rights": "FreeBusySimple"}),
        ("mailbox_delegation", {"user": "bob", "rights": "None"}),
    ],
)
def test_other_settings_and_free_times_are_no_forwarding(kind: str, facts: dict[str, str]) -> None:
    assert "Left out" in why_silent("collection.forwarding", plain().followed(kind, facts))


def test_a_rule_for_everybody_that_sends_mail_outside_weighs_most() -> None:
    outside, inside = {"forward_to": "smtp:x@example.net"}, {"forward_to": "smtp:bob@example.com"}
    rule = weight("collection.forwarding", plain().followed("transport_rule", outside))
    assert rule > weight("collection.forwarding", plain().followed("forwarding", outside))
    assert rule > weight("collection.forwarding", plain().followed("transport_rule", inside))
    assert weight("collection.forwarding", plain().followed("forwarding", inside)) < rule / 1.5
    full = answer("collection.forwarding", plain().followed("mailbox_delegation", user="bob", rights="FullAccess"))
    assert (full.chip, "to bob (FullAccess)" in full.summary) == ("mailbox opened", True)


def test_a_rule_like_the_one_last_year_weighs_less() -> None:
    new = plain().followed("inbox_rule", name="..", delete="true")
    again = plain().followed("inbox_rule", name="..", delete="true", before=Before(1, 1, 0, 0, 60.0))
    assert weight("collection.inbox_rule", again) < weight("collection.inbox_rule", new)


def test_a_consent_that_adds_no_scope_is_left_out() -> None:
    builder = plain().followed("consent", minutes=50, scopes_before="Mail.Read User.Read")
    assert "added no scope" in why_silent("persistence.consent", builder)


# -- after containment


def ended(kind: str = "sessions_revoked", **more: object) -> GrantBuilder:
    return plain().used(minutes=60 * 30, **more).followed(kind, minutes=60 * 4)  # type: ignore[arg-type]


def test_a_token_that_outlives_its_revocation_stands_alone_and_a_password_does_not() -> None:
    revoked, password = answer("token.residual_use", ended()), answer("token.residual_use", ended("password"))
    assert (revoked.alone, password.alone) == (True, False)
    assert password.weight < revoked.weight / 2
    assert "26 hours after the sessions were revoked" in revoked.summary


def test_a_person_who_changes_the_password_and_works_on_at_home_is_left_in_peace() -> None:
    away = plain().used(network=RENTED, minutes=60 * 30).followed("password", minutes=60 * 4)
    at_home = plain().used(network=HOME, minutes=60 * 30).followed("password", minutes=60 * 4)
    assert weight("token.residual_use", at_home) < 0.8 < weight("token.residual_use", away)
    revoked = plain().used(network=HOME, minutes=60 * 30).followed("sessions_revoked", minutes=60 * 4)
    assert answer("token.residual_use", revoked).alone


def test_an_account_that_was_enabled_again_may_be_used() -> None:
    why_silent("token.residual_use", ended("account_disabled").followed("account_enabled", minutes=60 * 20))
    answer("token.residual_use", ended("account_disabled").followed("account_enabled", minutes=60 * 40))


def test_refusals_after_the_end_are_good_news() -> None:
    told = why_silent("token.residual_use", ended(codes=(50173,), failures=4))
    assert "somebody still tries a dead token" in told


def test_a_deleted_device_ends_its_own_tokens_only() -> None:
    why_silent("token.residual_use", ended("device_deleted"))
    rogue = Device(id="rogue", name="DESKTOP-1", managed=False)
    primary = plain().used(BROKER, GRAPH, RENTED, minutes=60 * 30, kind=TokenKind.PRIMARY, device=rogue)
    assert answer("token.residual_use", primary.followed("device_deleted", minutes=60 * 4)).alone


def test_mail_read_within_the_hour_of_an_access_token_is_no_residual_use() -> None:
    def read(minutes: float) -> GrantBuilder:
        return plain().followed("sessions_revoked", minutes=60).followed("mail_access", minutes=minutes, tie=TOKEN)

    why_silent("token.residual_use", read(115))
    assert "mail_access was done" in answer("token.residual_use", read(60 * 5)).summary


def test_a_token_that_its_owner_uses_at_home_takes_less() -> None:
    away = plain().followed("graph_call", tie=TOKEN, areas=DIRECTORY, count=50, network=RENTED)
    at_home = plain().followed("graph_call", tie=TOKEN, areas=DIRECTORY, count=50, network=HOME)
    assert weight("collection.graph_recon", at_home) == pytest.approx(
        weight("collection.graph_recon", away) / 2, abs=0.001
    )
