"""User agents: known ones find their family, and no text can make the look-up fail or slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantwatch import knowledge
from grantwatch.knowledge.model import AGENT_KINDS

WIN = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PIXEL = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("text", "name", "kind", "os"),
    [
        ("kali365-live/1.0.0", "Kali365", "kit", None),
        ("MSTokens-PRT/1.0", "MSTokens-PRT", "kit", None),
        ("python-requests/2.32.3", "python-requests", "script", None),
        ("python-httpx/0.27.0", "python-httpx", "script", None),
        ("Python/3.11 aiohttp/3.9.1", "aiohttp", "script", None),
        ("Python-urllib/3.11", "urllib", "script", None),
        ("Go-http-client/2.0", "Go", "script", None),
        ("node", "Node.js", "script", None),
        ("node-fetch/1.0 (+https://example.com)", "node-fetch", "script", None),
        ("axios/1.7.2", "axios", "script", None),
        ("undici", "undici", "script", None),
        ("curl/8.7.1", "curl", "script", None),
        (f"{WIN} HeadlessChrome/129.0 Safari/537.36", "Headless Chrome", "script", "Windows"),
        (
            "python/3.8.9 (Windows-10-10.0.19041-SP0) msrest/0.6.21 Azure-SDK-For-Python AZURECLI/2.27.0 (MSI)",
            "Azure CLI",
            "tool",
            "Windows",
        ),
        ("azsdk-python-identity/1.15.0 Python/3.11.4 (Linux-5.15)", "Azure SDK", "tool", "Linux"),
        (
            "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.22621.2428",
            "PowerShell",
            "tool",
            "Windows",
        ),
        ("Dsreg/10.0 (Windows 10.0.19044.1826)", "Windows device registration", "registration", "Windows"),
        ("Microsoft.OData.Client/7.12.5", "OData client", "registration", None),
        ("DeviceRegistrationClient", "Device registration client", "registration", None),
        ("Windows-AzureAD-Authentication-Provider/1.0", "Windows sign-in", "broker", "Windows"),
        (
            "AuthenticatorSSOExtension/1 CFNetwork/1496.0.7 Darwin/23.5.0 ;iPhone",
            "Authenticator SSO extension",
            "broker",
            "iOS",
        ),
        ("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UQ1A)", "Android app", "app", "Android"),
        (f"{WIN} Teams/1.6.00 Chrome/102.0 Electron/19.1 Safari/537.36", "Teams", "app", "Windows"),
        (f"{IPHONE} Version/26.3 Mobile/15E148 Safari/604.1", "Safari mobile", "mobile_browser", "iOS"),
        (f"{IPHONE} CriOS/130.0 Mobile/15E148 Safari/604.1", "Chrome mobile", "mobile_browser", "iOS"),
        (f"{PIXEL} Chrome/130.0.0.0 Mobile Safari/537.36", "Chrome mobile", "mobile_browser", "Android"),
        (f"{WIN} Chrome/130.0.0.0 Safari/537.36", "Chrome", "browser", "Windows"),
        (f"{WIN} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", "Edge", "browser", "Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:155.0) Gecko/20100101 Firefox/155.0", "Firefox", "browser", "Linux"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.1 Safari/605.1.15",
            "Safari",
            "browser",
            "macOS",
        ),
    ],
)
def test_families(text, name, kind, os):
    found = knowledge.agent(text)
    assert (found.name, found.kind, found.os) == (name, kind, os)
    assert knowledge.agent(text.upper()).kind == kind


@pytest.mark.parametrize("text", [None, "", "   "])
def test_nothing_is_empty(text):
    assert knowledge.agent(text).kind == "empty"


def test_the_rest_is_unknown():
    found = knowledge.agent("Contoso Kiosk 3")
    assert (found.kind, found.is_browser, found.is_scripted) == ("unknown", False, False)


def test_what_families_say_of_themselves():
    assert knowledge.agent("curl/8.7.1").is_scripted
    assert knowledge.agent("kali365-live/1.0.0").is_scripted
    assert not knowledge.agent("azsdk-net-Identity/1.12").is_scripted
    assert knowledge.agent(f"{IPHONE} Version/26.3 Mobile/15E148 Safari/604.1").is_browser


@given(st.text(max_size=2000))
def test_any_text_gets_an_answer(text):
    assert knowledge.agent(text).kind in {*AGENT_KINDS, "empty", "unknown"}


PIECES = ["Mozilla/5.0 (", "Android ", "Version/", "Chrome/", "Code/1", "Electron", "Safari ", "iPhone", ".", "/", " "]


@given(st.lists(st.sampled_from(PIECES), max_size=300).map("".join))
def test_text_made_of_known_pieces_gets_an_answer(text):
    assert knowledge.agent(text).kind in {*AGENT_KINDS, "empty", "unknown"}


@pytest.mark.parametrize("piece", PIECES)
def test_long_text_is_no_slower_than_short(piece):
    knowledge.agent("warm")
    started = time.process_time()
    knowledge.agent("Mozilla/5.0 (" + piece * 200_000)
    # A pattern that backtracks without bound takes minutes; a busy machine takes milliseconds.
    assert time.process_time() - started < 0.5


def test_only_the_beginning_counts():
    assert knowledge.agent("x" * 600 + "curl/8.7.1").kind == "unknown"
