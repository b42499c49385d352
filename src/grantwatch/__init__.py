"""Grantwatch: find device code grants in Microsoft Entra ID logs and say which were given to an attacker."""

__version__ = "0.1.0"
