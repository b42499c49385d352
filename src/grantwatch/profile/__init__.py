"""What was normal before each grant, for its user and for the tenant."""

from grantwatch.profile.build import Profiler, profiles
from grantwatch.profile.model import Attempts, EarlierGrant, Familiarity, Peers, Profile, Sight

__all__ = ["Attempts", "EarlierGrant", "Familiarity", "Peers", "Profile", "Profiler", "Sight", "profiles"]
