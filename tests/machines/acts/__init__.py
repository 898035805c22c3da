"""What people, Stripe, finance, organizers, the worker and the clock do: one module for each group of acts, mixed into one machine."""
