"""Badges that come with a thing or a table: people let into the building who are not registered themselves (docs/decisions/badges.md)."""
