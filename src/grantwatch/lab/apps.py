"""Clients, resources and user agents for stories: real application ids, so that records read like real ones."""

from __future__ import annotations

from grantwatch.lab.events import App

__all__ = [
    "AKS_SERVER",
    "ARM",
    "AZURE_CLI",
    "BROKER",
    "DRS",
    "EDGE",
    "EXCHANGE_ONLINE",
    "FIREFOX_LINUX",
    "FIREFOX_WINDOWS",
    "GRAPH",
    "GRAPH_EXPLORER",
    "KEY_VAULT",
    "KUBELOGIN",
    "OFFICE",
    "OFFICE_HOME",
    "ONEDRIVE",
    "OUTLOOK_MOBILE",
    "PHONE",
    "ROOM_PANEL",
    "SHAREPOINT",
    "TEAMS",
]

BROKER = App("29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker")
AZURE_CLI = App("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI")
KUBELOGIN = App("80faf920-1908-4b52-b5ef-a8e7bedfc67a", "Azure Kubernetes Service AAD Client")
AKS_SERVER = App("6dae42f8-4368-4678-94ff-3960e28e3630", "Azure Kubernetes Service AAD Server")
OFFICE_HOME = App("4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome")
TEAMS = App("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams")
OUTLOOK_MOBILE = App("27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile")
ONEDRIVE = App("ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine")
OFFICE = App("d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office")
GRAPH_EXPLORER = App("de8bc8b5-d9f9-48b1-a8ad-b748da725064", "Graph Explorer")
GRAPH = App("00000003-0000-0000-c000-000000000000", "Microsoft Graph")
EXCHANGE_ONLINE = App("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online")
SHAREPOINT = App("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online")
ARM = App("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Windows Azure Service Management API")
KEY_VAULT = App("cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault")
DRS = App("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "Device Registration Service")

EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0"
)
FIREFOX_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:155.0) Gecko/20100101 Firefox/155.0"
FIREFOX_LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:155.0) Gecko/20100101 Firefox/155.0"
PHONE = "Outlook-iOS/723.4027091.prod.iphone (5.26.0)"
ROOM_PANEL = "Dalvik/2.1.0 (Linux; U; Android 13; RoomPanel Build/TQ3A)"
