"""Money in and out: the gateway, the provider's events, refunds, invoices, checks and purchase orders."""
