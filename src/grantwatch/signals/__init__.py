"""Named reasons to think a grant good or bad. Importing this room declares every signal."""

from __future__ import annotations

from grantwatch.signals import (
    approach,
    attempt,
    client,
    collection,
    devices,
    favour,
    files,
    identity,
    mail,
    network,
    persistence,
    policy,
    recon,
    residual,
    token,
)
from grantwatch.signals.account import at_its_site, client_kind, device_account
from grantwatch.signals.network import rented
from grantwatch.signals.signal import (
    GROUPS,
    NEEDS,
    Case,
    Evidence,
    Factor,
    NotAssessed,
    NotFired,
    Scale,
    Signal,
    registered,
    signal,
)
from grantwatch.signals.view import lacking, why_blind

__all__ = [
    "GROUPS",
    "NEEDS",
    "Case",
    "Evidence",
    "Factor",
    "NotAssessed",
    "NotFired",
    "Scale",
    "Signal",
    "at_its_site",
    "client_kind",
    "device_account",
    "lacking",
    "registered",
    "rented",
    "signal",
    "why_blind",
]

# Importing a theme declares its signals; `registered()` lists them.
THEMES = (
    approach,
    identity,
    network,
    client,
    token,
    residual,
    persistence,
    devices,
    policy,
    collection,
    mail,
    files,
    recon,
    attempt,
    favour,
)
