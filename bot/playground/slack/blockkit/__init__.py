"""Slack's rules for Block Kit: what a message or a view may hold."""
