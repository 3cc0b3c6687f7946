"""A stand-in for Slack: Web API, Socket Mode and a user-side API over one state."""
