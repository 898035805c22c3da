"""Reading the catalog, one module for each kind of screen: the list, one event, a month.

Everything here selects columns and hands out rows or small values: no row of the ORM leaves these modules, so a page
cannot make a query by touching an attribute.
"""
