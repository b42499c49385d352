"""Look-ups: known things are found however they are spelled, unknown things are None and never an error."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from grantwatch import knowledge

TODAY = date(2026, 11, 23)

FOCI_TEXT = """
00b41c95-dab0-4487-9791-b9d2c32c80f2 04b07795-8ddb-461a-bbee-02f9e1bf7b46 1950a258-227b-4e31-a9cf-717495945fc2
1fec8e78-bce4-4aaf-ab1b-5451cc387264 26a7ee05-5602-4d76-a7ba-eae8b7b67941 27922004-5251-4030-b22d-91ecd9a37ea4
4813382a-8fa7-425e-ab75-3b753aab3abb ab9b8c07-8f02-4f72-87fa-80105867a763 d3590ed6-52b3-4102-aeff-aad2292ab01c
872cd9fa-d31f-45e0-9eab-6e460a02d1f1 af124e86-4e96-495a-b70a-90f90ab96707 2d7f3606-b07d-41d1-b9d2-0d0c9296a6e8
844cca35-0656-46ce-b636-13f48b0eecbd 87749df4-7ccf-48f8-aa87-704bad0e0e16 cf36b471-5b44-428c-9ce7-313bf84528de
0ec893e0-5785-4de6-99da-4ed124e5296c 22098786-6e16-43cc-a27d-191a01a1e3b5 4e291c71-d680-4d0e-9640-0a3358e31177
57336123-6e14-4acc-8dcf-287b6088aa28 57fcbcfa-7cee-4eb1-8b25-12d2030b4ee0 66375f6b-983f-4c2c-9701-d680650f588f
9ba1a5c7-f17a-4de9-a1f1-6178c8d51223 a40d7d7d-59aa-447e-a655-679a4107e548 a569458c-7f2b-45cb-bab9-b7dee514d112
b26aadf8-566f-4478-926f-589f601d9c74 c0d2a505-13b8-4ae0-aa9e-cddd5eab0b12 d326c1ce-6cc6-4de2-bebc-4591e5e13ef0
e9c51622-460d-4d3d-952d-966a5b1da34c eb539595-3fe1-474e-9c1d-feb3625d1be5 ecd6b820-32c2-49b6-98a6-444530e5a77a
f05ff7c9-f75a-4acd-a3b5-f4b6a870245d f44b1140-bc5e-48c6-8dc0-5cf5a53c0e34 be1918be-3fe3-4be9-b32b-b542fc27f02e
cab96880-db5b-4e15-90a7-f3f1d62ffe39 d7b530a4-7680-4c23-a8bf-c52c121d2e87 dd47d17a-3194-4d86-bfd5-c6ae6f5651e3
e9b154d0-7658-433b-bb25-6b8e0a8a7c59
"""
FOCI = FOCI_TEXT.split()

BROKER = "29d9ed98-a469-4536-ade2-f981bc1d605e"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


def test_the_whole_foci_family_is_known():
    assert len(FOCI) == 37
    assert {client.id for client in knowledge.clients() if client.foci} == set(FOCI)


def test_brokers_are_no_family_members():
    for id in (BROKER, "dd762716-544d-4aeb-a526-687b73838a22"):
        client = knowledge.client(id)
        assert client is not None
        assert (client.kind, client.foci) == ("broker", False)


def test_client_in_any_case():
    client = knowledge.client(f" {AZURE_CLI.upper()} ")
    assert client is not None
    assert (client.kind, client.foci, client.device_code_usual) == ("cli", True, True)


@pytest.mark.parametrize("id", [None, "", "x", "00000000-0000-0000-0000-000000000000"])
def test_the_unknown_is_none(id):
    assert knowledge.client(id) is None
    assert knowledge.resource(id) is None
    assert knowledge.role(id) is None


def test_client_name_falls_back_on_the_log_and_then_on_the_id():
    assert knowledge.client_name(BROKER, "renamed in the log") == "Microsoft Authentication Broker"
    assert knowledge.client_name("x", "Contoso Reader") == "Contoso Reader"
    assert knowledge.client_name("x") == "x"
    assert knowledge.client_name(None) == "unknown"


def test_first_party_owners():
    assert knowledge.first_party("F8CDEF31-a31e-4b4a-93e4-5f571e91255a")
    assert not knowledge.first_party("11111111-1111-1111-1111-111111111111")
    assert not knowledge.first_party(None)


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        ("00000003-0000-0000-c000-000000000000", "graph"),
        ("00000002-0000-0000-c000-000000000000", "graph"),
        ("00000002-0000-0ff1-ce00-000000000000", "mail"),
        ("00000003-0000-0ff1-ce00-000000000000", "files"),
        ("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "registration"),
        ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "management"),
        ("499b84ac-1321-427f-aa17-267ca6975798", "devops"),
        ("cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "secrets"),
    ],
)
def test_resources(id, kind):
    resource = knowledge.resource(id)
    assert resource is not None
    assert resource.kind == kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (0, "success"),
        (50199, "confirm"),
        (65001, "consent"),
        (90094, "consent"),
        (65004, "declined"),
        (70018, "wrong_code"),
        (70019, "wrong_code"),
        (70016, "pending"),
        *((n, "interrupt") for n in (50058, 50072, 50074, 50076, 50079, 50097, 50140)),
        *((n, "block") for n in (50131, 53000, 53001, 53002, 53003, 530035, 530036)),
        *((n, "dead_token") for n in (50132, 50133, 50173, 70000, 70008, 70043, 700082)),
        *((n, "credential") for n in (50053, 50057, 50126)),
        *((n, "other") for n in (50105, 50134, 50196, 65002)),
    ],
)
def test_codes(number, kind):
    code = knowledge.code(number)
    assert code is not None
    assert code.kind == kind


def test_unknown_codes():
    assert knowledge.code(None) is None
    assert knowledge.code(-1) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Consent to application.", "consent"),
        (" CONSENT TO APPLICATION ", "consent"),
        ("Update application – Certificates and secrets management ", "credential_added"),
        ("Update application - Certificates and secrets management", "credential_added"),
        ("Register device.", "device_registered"),
        ("Add device", "device_added"),
        ("Add registered owner to device.", "device_linked"),
        ("New-InboxRule", "inbox_rule"),
        ("UpdateInboxRules", "inbox_rule"),
        ("Set-Mailbox", "forwarding"),
        ("Add-MailboxPermission", "mailbox_delegation"),
        ("MailItemsAccessed", "mail_access"),
        ("SearchQueryInitiatedExchange", "search"),
        ("FileDownloaded", "file_download"),
        ("User registered security info", "security_info"),
        ("Disable Strong Authentication.", "security_info"),
        ("Add member to role.", "role"),
        ("Update conditional access policy", "policy"),
        ("Reset password (by admin)", "password"),
        ("Enable account", "account_enabled"),
    ],
)
def test_operations(name, kind):
    operation = knowledge.operation(name)
    assert operation is not None
    assert operation.kind == kind


def test_one_name_may_stand_for_two_kinds():
    plain, method = knowledge.operation("Update user"), knowledge.operation("Update user.", "security_info")
    assert plain is not None
    assert method is not None
    assert (plain.kind, plain.containing) == ("user_updated", None)
    assert (method.kind, method.containing) == ("security_info", "StrongAuthentication")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("all PASSWORDS of the ministry", ("password", "passw", "ministry")),
        ("compass", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_a_word_is_met_where_a_word_of_the_text_begins_with_it(text, found):
    assert knowledge.words_in("search_words", text) == found


def test_unknown_operations():
    assert knowledge.operation(None) is None
    assert knowledge.operation("") is None
    assert knowledge.operation("UserLoggedIn") is None


def test_only_rare_kinds_are_tied_by_user_and_time_alone():
    tied = {operation.kind for operation in knowledge.operations() if operation.always_tie}
    assert {"device_registered", "inbox_rule", "forwarding", "mailbox_delegation", "consent", "role"} <= tied
    assert tied.isdisjoint({"mail_access", "mail_sent", "mail_deleted", "file_access", "search", "sharing", "chat"})


def test_an_operation_may_differ_from_its_kind():
    given, activated = (
        knowledge.operation("Add member to role"),
        knowledge.operation("Add member to role completed (PIM activation)"),
    )
    assert given is not None
    assert activated is not None
    assert (given.always_tie, activated.always_tie) == (True, False)


def test_addresses_of_microsofts_own_service_are_told():
    for name in ("Consent to application", "Add delegated permission grant", "Add device"):
        operation = knowledge.operation(name)
        assert operation is not None
        assert operation.service_ip
    rule = knowledge.operation("New-InboxRule")
    assert rule is not None
    assert not rule.service_ip


def test_roles():
    admin = knowledge.role("62E90394-69f5-4237-9190-012177145e10")
    everybody = knowledge.role("b79fbf4d-3ef9-4689-8143-76b194e85509")
    assert admin is not None
    assert everybody is not None
    assert (admin.privileged, admin.ordinary) == (True, False)
    assert (everybody.privileged, everybody.ordinary) == (False, True)


def test_verification_urls():
    urls = {entry.url for entry in knowledge.verification_urls()}
    assert {"microsoft.com/devicelogin", "login.microsoft.com/device", "aka.ms/devicelogin"} <= urls


def names(marks):
    return {mark.id for mark in marks}


def test_device_marks():
    marks = knowledge.device_marks("DESKTOP-1A2B3C4D", "Windows 10.0.19045.2006", TODAY)
    assert names(marks) == {"desktop-hex-device", "roadtx-device", "kit-build"}
    assert not any(mark.expired for mark in marks)
    assert names(knowledge.device_marks("GraphSpy-Device", None, TODAY)) == {"graphspy-device"}
    assert knowledge.device_marks("Work PC", "10.0.19041.928", TODAY)[0].strength == "weak"


@pytest.mark.parametrize(
    ("name", "os"),
    [
        (None, None),
        ("", ""),
        ("LAPTOP-7K2M9QXZ", "Windows 10.0.22631.4317"),
        ("DESKTOP-ZK93QPL", "10.0.19045.20061"),
        ("My Work PC 2", "110.0.19041.928"),
    ],
)
def test_ordinary_devices_have_no_marks(name, os):
    assert knowledge.device_marks(name, os, TODAY) == ()


def test_agent_marks():
    (mark,) = knowledge.agent_marks("kali365-live/1.0.0", TODAY)
    assert (mark.strength, mark.expired) == ("strong", False)
    assert names(knowledge.agent_marks("MSTokens-PRT/1.0", TODAY)) == {"mstokens-prt-agent"}
    assert names(knowledge.agent_marks("Dsreg/10.0 (Windows 10.0.19044.1826)", TODAY)) == {"roadtx-dsreg-agent"}
    assert knowledge.agent_marks("Dsreg/10.0 (Windows 10.0.22631.4317)", TODAY) == ()
    assert knowledge.agent_marks(None, TODAY) == ()


def test_marks_age():
    on_the_day, after = (knowledge.agent_marks("kali365-live/1.0.0", day)[0] for day in (TODAY, date(2030, 1, 1)))
    assert (on_the_day.expired, after.expired) == (False, True)
    assert knowledge.agent_marks("kali365-live/1.0.0", on_the_day.expires)[0].expired is False


def test_a_time_serves_as_a_day():
    (mark,) = knowledge.agent_marks("kali365-live/1.0.0", datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert not mark.expired


def test_url_marks():
    assert names(knowledge.url_marks("https://a1b.docs-s-account.workers.dev/x", TODAY)) == {"eviltokens-worker-url"}
    assert names(knowledge.url_marks("https://example.com/api/device/status/9f", TODAY)) == {"eviltokens-api-url"}
    assert knowledge.url_marks("https://microsoft.com/devicelogin", TODAY) == ()


def test_a_suite_is_found_by_name_and_by_id():
    office = knowledge.suite("office365")
    assert office is not None
    assert "00000002-0000-0ff1-ce00-000000000000" in office.parts
    management = knowledge.suite("797F4846-ba00-4fd7-ba43-dac1f8f63013")
    assert management is not None
    assert management.title == "Windows Azure Service Management API"
    assert knowledge.suite("All") is None
    assert knowledge.suite(None) is None


def test_words_of_logs_are_spelled_as_policies_spell_them():
    assert knowledge.spelled("client_app", "Mobile Apps and Desktop clients") == "mobileAppsAndDesktopClients"
    assert knowledge.spelled("platform", "MacOs") == "macOS"
    assert knowledge.spelled("trust", "Hybrid Azure AD joined") == "ServerAD"
    assert knowledge.spelled("trust", "") is None
    assert knowledge.spelled("platform", None) is None
