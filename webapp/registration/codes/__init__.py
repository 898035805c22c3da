"""Discount codes: kept by staff, typed by who registers, guarded by counters as seats are by pools (docs/decisions/codes.md)."""
