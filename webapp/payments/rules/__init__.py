"""Pure rules of money: what pays what, what goes back from which payment, how an order stands."""
