"""What the pages of registering show and ask: forms made from an event's offers, cards, the words of an order's state."""
