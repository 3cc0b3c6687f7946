"""What a person types, turned into Slack's markup as its composer does."""

import re

from bot.playground.slack.state.people import People

TOKEN = re.compile(r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+(?:\|[^<>]*)?|![a-z][^<>]*|https?://[^<>\s]+)>")
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
MENTION = re.compile(r"(?<![\w@])@([a-z][\w.-]*)", re.IGNORECASE)
CHANNEL = re.compile(r"(?<![\w#&])#([a-z][\w-]*)")
LINK = re.compile(r"(?<![<|\w])https?://[^\s<>]+[^\s<>.,;:!?)\]'\"]")


def escaped(text: str) -> str:
    """`&`, `<` and `>` as entities, except in markup that is already Slack's."""
    parts: list[str] = []
    position = 0
    for token in TOKEN.finditer(text):
        parts += [_entities(text[position : token.start()]), token.group()]
        position = token.end()
    return "".join([*parts, _entities(text[position:])])


def composed(text: str, people: People) -> str:
    """A message: escaped, with `@name`, `#channel` and links outside code made into markup."""
    pieces = CODE.split(escaped(text))
    return "".join(piece if number % 2 else _linked(piece, people) for number, piece in enumerate(pieces))


def _linked(text: str, people: People) -> str:
    users = {user["name"].lower(): user["id"] for user in people.users.values()}
    channels = {one["name"]: one["id"] for one in people.channels.values() if "name" in one}

    def mention(found: re.Match[str]) -> str:
        identity = users.get(found[1].lower())
        return f"<@{identity}>" if identity else found[0]

    def channel(found: re.Match[str]) -> str:
        identity = channels.get(found[1])
        return f"<#{identity}|{found[1]}>" if identity else found[0]

    text = LINK.sub(lambda found: f"<{found[0]}>", text)
    return CHANNEL.sub(channel, MENTION.sub(mention, text))


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
