"""The only place that chooses implementations, by a match over the settings."""
