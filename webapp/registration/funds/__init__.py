"""Funds that pay for places, and places whose price several payers carry: budgets the database guards (docs/decisions/funds.md)."""
