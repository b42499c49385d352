"""User agents and further applications. Browsers and libraries are updated while people work."""

from __future__ import annotations

from grantwatch.lab.events import App
from grantwatch.lab.ids import Mint

__all__ = [
    "AZURE_POWERSHELL",
    "AZURE_SQL",
    "COMPANY_PORTAL",
    "DATAVERSE",
    "DEVICE_AGENT",
    "DEVOPS",
    "EDGE_APP",
    "EXO_POWERSHELL",
    "GRAPH_TOOLS",
    "INTUNE",
    "INTUNE_ENROLLMENT",
    "MY_SIGNINS",
    "PAC",
    "PORTAL",
    "SPO_SHELL",
    "SQL_DRIVER",
    "TEAMS_SERVICES",
    "VSCODE",
    "azsdk",
    "browser_name",
    "browser_of",
    "powershell_agent",
]

AZURE_POWERSHELL = App("1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell")
GRAPH_TOOLS = App("14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools")
EXO_POWERSHELL = App("fb78d390-0c51-40cd-8e17-fdbfab77341b", "Microsoft Exchange REST API Based Powershell")
SPO_SHELL = App("9bc3ab49-b65d-410a-85ad-de819febfddc", "SharePoint Online Management Shell")
VSCODE = App("aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code")
PAC = App("9cee029c-6210-4654-90bb-17e6e9d36617", "Power Platform CLI - pac")
SQL_DRIVER = App("7f98cb04-cd1e-40df-9140-3bf7e2cea4db", "ODBC, JDBC, OLEDB and SqlClient drivers")
COMPANY_PORTAL = App("9ba1a5c7-f17a-4de9-a1f1-6178c8d51223", "Microsoft Intune Company Portal")
DEVICE_AGENT = App("87749df4-7ccf-48f8-aa87-704bad0e0e16", "Microsoft Teams - Device Admin Agent")
EDGE_APP = App("ecd6b820-32c2-49b6-98a6-444530e5a77a", "Microsoft Edge")
MY_SIGNINS = App("19db86c3-b2b9-44cc-b339-36da233a3be2", "My Signins")
PORTAL = App("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal")

DEVOPS = App("499b84ac-1321-427f-aa17-267ca6975798", "Azure DevOps")
AZURE_SQL = App("022907d3-0f1b-48f7-badc-1ba6abab6d66", "Azure SQL Database")
DATAVERSE = App("00000007-0000-0000-c000-000000000000", "Dataverse")
INTUNE = App("0000000a-0000-0000-c000-000000000000", "Microsoft Intune")
INTUNE_ENROLLMENT = App("d4ebce55-015a-49b5-a083-c84d1797ae8c", "Microsoft Intune Enrollment")
TEAMS_SERVICES = App("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services")

_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36"


def browser_of(kind: str, version: int) -> str:
    """The user agent of a browser: kinds edge, chrome, safari, firefox, ios, android, headless; Chromium's version."""
    if kind == "edge":
        return f"{_WINDOWS} {_CHROME.format(version)} Edg/{version}.0.0.0"
    if kind == "chrome":
        return f"{_WINDOWS} {_CHROME.format(version)}"
    if kind == "safari":
        return (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            f"Version/26.{version - 147} Safari/605.1.15"
        )
    if kind == "ios":
        return (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            f"Version/26.{version - 147} Mobile/15E148 Safari/604.1"
        )
    if kind == "android":
        return (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{version}.0.0.0 Mobile Safari/537.36"
        )
    return f"Mozilla/5.0 (X11; Linux x86_64; rv:{version + 5}.0) Gecko/20100101 Firefox/{version + 5}.0"


def browser_name(kind: str, version: int) -> str:
    """The same browser as `deviceDetail.browser` names it."""
    named = {
        "edge": f"Edge {version}.0.0",
        "chrome": f"Chrome {version}.0.0",
        "safari": f"Safari 26.{version - 147}",
        "ios": "Mobile Safari",
        "android": f"Chrome Mobile {version}.0.0",
    }
    return named.get(kind, f"Firefox {version + 5}.0")


def azsdk(mint: Mint, day: int) -> str:
    """The user agent of the Azure CLI on somebody's machine, as its library stood that day."""
    python = mint.pick(("3.11.9", "3.12.3", "3.12.8", "3.13.1"))
    system = mint.pick(
        ("Linux-6.8.0-79-generic-x86_64-with-glibc2.39", "macOS-15.6-arm64-arm-64bit", "Windows-11-10.0.26100-SP0")
    )
    return f"azsdk-python-identity/1.{19 + day // 30}.0 Python/{python} ({system})"


def powershell_agent(mint: Mint) -> str:
    """The user agent of a PowerShell module."""
    return mint.pick(
        (
            "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.26100; en-US) PowerShell/7.5.2",
            "Mozilla/5.0 (Macintosh; Darwin 24.6.0; en-US) PowerShell/7.4.6",
            "Mozilla/5.0 (Linux; Ubuntu 24.04.2 LTS; en-US) PowerShell/7.4.6",
        )
    )
