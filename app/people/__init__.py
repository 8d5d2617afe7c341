"""Profiles of members and staff."""
