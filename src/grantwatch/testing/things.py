"""Clients, resources, networks and programs to build grants from."""

from __future__ import annotations

from datetime import datetime

from grantwatch.grants.model import Named, Network

__all__ = [
    "ABROAD",
    "ADMIN",
    "ARM",
    "AZURE_CLI",
    "AZ_TOOL",
    "BROKER",
    "EDGE",
    "EXCHANGE",
    "FIREFOX",
    "GRAPH",
    "HOME",
    "KIT",
    "NOWHERE",
    "NO_ROLE",
    "OFFICE",
    "ONEDRIVE",
    "OTHER_TENANT",
    "OUTLOOK",
    "PYTHON",
    "REGISTRATION",
    "RENTED",
    "RENTED_TOO",
    "ROOM",
    "SAFARI_PHONE",
    "SAME_CITY",
    "SHAREPOINT",
    "SITE",
    "START",
    "TEAMS",
    "TEAMS_SERVICE",
    "TENANT",
    "WORK",
]

START = datetime(2026, 10, 14, 9, 30)

AZURE_CLI = Named("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI")
BROKER = Named("29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker")
OFFICE = Named("d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office")
OUTLOOK = Named("27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile")
ONEDRIVE = Named("ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine")
TEAMS = Named("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams")
ROOM = Named("87749df4-7ccf-48f8-aa87-704bad0e0e16", "Microsoft Teams - Device Admin Agent")

ARM = Named("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager")
GRAPH = Named("00000003-0000-0000-c000-000000000000", "Microsoft Graph")
EXCHANGE = Named("00000002-0000-0ff1-ce00-000000000000", "Exchange Online")
SHAREPOINT = Named("00000003-0000-0ff1-ce00-000000000000", "SharePoint Online")
REGISTRATION = Named("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "Device Registration Service")
TEAMS_SERVICE = Named("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services")

# Addresses and numbers are set aside for documentation and tests; only hosting needs a number that is known.
HOME = Network("192.0.2.17", "192.0.2.0/24", 64496, "DE", "Berlin", 52.52, 13.4)
WORK = Network("198.51.100.40", "198.51.100.0/24", 64497, "DE", "Berlin", 52.52, 13.4)
SITE = Network("198.51.100.99", "198.51.100.0/24", 64497, "DE", "Berlin", 52.52, 13.4)
SAME_CITY = Network("203.0.113.201", "203.0.113.0/24", 64498, "DE", "Berlin", 52.5, 13.38)
ABROAD = Network("198.18.5.7", "198.18.5.0/24", 64499, "PT", "Lisbon", 38.72, -9.14)
RENTED = Network("100.64.7.20", "100.64.7.0/24", 400940, "US", "Ashburn", 39.04, -77.49)
RENTED_TOO = Network("100.65.8.30", "100.65.8.0/24", 400940, "US", "Ashburn", 39.04, -77.49)
NOWHERE = Network()

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_TENANT = "66666666-7777-8888-9999-000000000000"
ADMIN = "62e90394-69f5-4237-9190-012177145e10"
NO_ROLE = "b79fbf4d-3ef9-4689-8143-76b194e85509"

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:155.0) Gecko/20100101 Firefox/155.0"
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 "
    "Safari/537.36 Edg/150.0.0.0"
)
SAFARI_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.3 Mobile/15E148 Safari/604.1"
)
PYTHON = "python-requests/2.32.3"
AZ_TOOL = "azsdk-python-azure-identity/1.19.0 Python/3.12.4 (Linux-6.8.0)"
KIT = "kali365-live/1.0.0"
