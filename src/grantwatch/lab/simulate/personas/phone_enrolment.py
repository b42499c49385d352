"""Phones that are enrolled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grantwatch.lab.apps import DRS
from grantwatch.lab.deeds import device_registration
from grantwatch.lab.simulate.agents import COMPANY_PORTAL, INTUNE, INTUNE_ENROLLMENT
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Decoy, Told


@persona(
    "phone-enrolment",
    title="Phone enrolment",
    what="Enrols a new phone with the Company Portal: the same confirmation as with a code, a registration, no code.",
    stands_for="§5.2 Authenticator / Company Portal enrolment",
    share=0.02,
    least=2,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Confirmation, sign-in, registration, Intune: all from the phone, within minutes."""
    (who,) = cast
    mint = stage.mint
    days = stage.workdays(who, 2)
    if not days:
        return
    day = mint.pick(days)
    at = stage.time(who, day, 9, 20)
    place = who.mobile(day) if mint.chance(0.4) else who.home(day)
    seat = who.phone_seat(place, day)
    session = mint.guid()
    apps = (COMPANY_PORTAL, INTUNE_ENROLLMENT)
    asked = stage.confirmation(who, at, apps, seat, session)
    passed = replace(
        stage.browsing(
            who,
            at + mint.span(4, 14),
            apps,
            seat,
            session=session,
            request_type="Cmsi:Cmsi",
            client_app="Mobile Apps and Desktop clients",
            correlation=asked.correlation_id,
        ),
        device=replace(seat.machine, os=""),
    )
    later = [
        stage.browsing(
            who,
            passed.time + mint.span(20, 400),
            (COMPANY_PORTAL, resource),
            seat,
            session=session,
            interactive=False,
            incoming="refreshToken",
            request_type="OAuth2:Token",
            client_app="Mobile Apps and Desktop clients",
        )
        for resource in (INTUNE, DRS, INTUNE)
    ]
    yield Decoy("phone-enrolment", (asked, passed), "The Company Portal on a new phone asked for confirmation.")
    yield from later
    system, version = ("iOS", "26.0") if who.phone == "ios" else ("Android", "16")
    yield from device_registration(
        mint,
        who.who,
        tenant_id=stage.tenant.id,
        at=passed.time + mint.span(25, 200),
        service=DRS,
        device_id=mint.guid(),
        device_name=f"{who.who.name.split()[0]}'s {'iPhone' if who.phone == 'ios' else 'Pixel 9'}",
        os_type=system,
        os_version=version,
        trust="Azure AD register",
        user_agent="Dalvik/2.1.0 (Linux; U; Android 16; Pixel 9)"
        if who.phone == "android"
        else "DeviceRegistrationClient/2.0 iOS",
        place=place,
    )
