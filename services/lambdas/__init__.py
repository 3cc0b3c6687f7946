"""Validation and snippets in AWS Lambda: the wire, and the callers' side."""
