"""What is odd about new devices: several at once, or one with a name that nobody here would give it."""

from __future__ import annotations

from datetime import timedelta

from grantwatch.grants.model import FollowOn
from grantwatch.signals.account import at_its_site, device_account
from grantwatch.signals.after import decay, follow_ons, tie_scale
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import silent, span

BURST = timedelta(minutes=15)
MANY = 3
ENOUGH_NAMES = 10
USUAL_SHARE = 0.7
"""From this share of devices on that are named in a usual way, a tenant has a way of naming them."""

_PHONES = ("android", "ios", "ipados", "iphone", "ipad")


def _most_at_once(devices: tuple[FollowOn, ...]) -> tuple[FollowOn, ...]:
    """The most devices that came within 15 minutes."""
    ordered = sorted(devices, key=lambda each: each.time)
    runs = [tuple(each for each in ordered if timedelta(0) <= each.time - first.time <= BURST) for first in ordered]
    return max(runs, key=len, default=())


def _odd(device: FollowOn) -> bool:
    """True where the tenant has a way of naming devices, and this one is not named like any other."""
    naming = device.naming
    if naming is None or (device.facts.get("os") or "").strip().lower().startswith(_PHONES):
        return False
    named = naming.known >= ENOUGH_NAMES and naming.usual >= USUAL_SHARE * naming.known
    return named and not naming.alike


@signal(
    "persistence.odd_device",
    title="Several devices at once, or an odd device name",
    question="Were three devices registered within minutes, or one with a name that does not fit the tenant?",
    group="persistence",
    weight=1.6,
    looks_at="devices that were registered after the grant, and how those were named that the tenant registered before",
    otherwise="No device was registered in this user's name after the grant.",
    techniques=("T1098.005",),
    needs=("stream:audit", "stream:unified_audit"),
    false_positives=("Autopilot and virtual desktops that come in numbers", "the first device of a new kind"),
    gaps=(
        "names that copy the tenant's way",
        "tenants that registered fewer than ten devices within these logs",
        "phones",
    ),
    entries=(20,),
)
def odd_device(self: Signal, case: Case) -> Answer:
    """Three within 15 minutes weigh most; a name counts only where the tenant has a way of naming devices."""
    devices = follow_ons(case, "device_registered", "device_added")
    if devices and device_account(case) and at_its_site(case):
        return silent(self, case, "Left out: a room device at its site is registered without naming rules.")
    burst = _most_at_once(devices)
    if len(burst) >= MANY:
        first = burst[0]
        scale = Scale().by(1.3, f"{MANY} devices or more within 15 minutes").times(tie_scale(case, first))
        return self.fired(
            f"{len(burst)} devices were registered within {span(burst[-1].time - first.time)}, from "
            f"{span(first.time - case.grant.started_at)} after the grant on.",
            chip="burst of devices",
            records=tuple(ref for each in burst for ref in each.refs[:1])[:4],
            scale=scale.times(decay(case, first)),
        )
    odd = [each for each in devices if _odd(each)]
    if not odd:
        return silent(self, case, _why(devices))
    top = max(odd, key=lambda each: each.tie.strength)
    name = top.facts.get("device_name") or top.target.label
    naming = top.naming
    usual = f"{naming.usual} of {naming.known}" if naming else "most"
    return self.fired(
        f"The device {name!r} is named like none of the tenant's: {usual} that were registered before begin like "
        "several others.",
        chip="odd device name",
        records=top.refs,
        scale=tie_scale(case, top).times(decay(case, top)),
    )


def _why(devices: tuple[FollowOn, ...]) -> str:
    if not devices:
        return ""
    known = max((each.naming.known for each in devices if each.naming), default=0)
    if known < ENOUGH_NAMES:
        return f"Registered before within these logs: {known} devices, too few to tell how this tenant names them."
    return "The name fits, or this tenant names its devices in no particular way."
