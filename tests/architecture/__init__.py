"""Tests that guard the house: docs/house.md says what they hold."""
