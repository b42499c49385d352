"""Attacks: one module for each campaign, found by itself."""
