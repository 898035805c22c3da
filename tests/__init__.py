"""The tests. Kinds and fixtures: docs/house.md."""
