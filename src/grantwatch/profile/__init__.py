"""What was normal before each grant, for its user and for the tenant."""

from grantwatch.profile.build import habits, profiles
from grantwatch.profile.model import EarlierGrant, Familiarity, Profile

__all__ = ["EarlierGrant", "Familiarity", "Profile", "habits", "profiles"]
