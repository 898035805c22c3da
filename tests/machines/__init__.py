"""State machines: what people, clocks, banks and Stripe may do, in any order, and the rules of product.md after every step."""
