"""raygen over HTTP: the JSON API of `raygen serve`, Slack's HTTP mode beside it, and the health of every bot."""
