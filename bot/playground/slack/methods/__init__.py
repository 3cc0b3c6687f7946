"""The Web API, one small function per method."""

from bot.playground.slack.methods import (
    apps,
    assistant,
    chat,
    conversations,
    files,
    functions,
    oauth,
    reactions,
    streaming,
    usergroups,
    users,
    views,
)
from bot.playground.slack.methods.call import Method

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **assistant.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **functions.METHODS,
    **oauth.METHODS,
    **reactions.METHODS,
    **streaming.METHODS,
    **usergroups.METHODS,
    **users.METHODS,
    **views.METHODS,
}
