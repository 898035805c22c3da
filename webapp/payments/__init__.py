"""Money in and out: the gateway, the provider's events, refunds, invoices, cheques and purchase orders."""
