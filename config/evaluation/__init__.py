"""Measuring the product on a folder of documents and questions, in a home of its own that is thrown away."""
