"""Membership years: what the association sells, and what was bought with an order. Whether one stands follows from the money."""
