"""Configurations by name; `drumspace_ext.configs` reads them."""
