"""The pages, one module a concern; each view declares who may use it."""
