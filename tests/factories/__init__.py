"""Test data, made through the product's own actions, one module per feature: `from tests.factories import people`."""
