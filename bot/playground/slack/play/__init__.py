"""The user-side API: everything a person does in Slack, over plain HTTP and JSON."""
