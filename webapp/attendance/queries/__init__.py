"""Reading attendance, one module for each kind of screen: sessions of an event, a roster, a person's own."""
