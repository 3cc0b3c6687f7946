"""Rich text: sections, lists, quotes and preformatted text, and what stands in them."""

from bot.playground.slack.blockkit.schema import (
    Check,
    anything,
    boolean,
    items,
    number,
    one_of,
    shape,
    string,
    typed,
)

MOST = 10_000

STYLE = shape(
    bold=boolean,
    italic=boolean,
    strike=boolean,
    code=boolean,
    underline=boolean,
    highlight=boolean,
    client_highlight=boolean,
    unlink=boolean,
)

INLINE: dict[str, Check] = {
    "text": shape(["text"], text=string(MOST * 4, 1), style=STYLE),
    "link": shape(["url"], url=string(3000), text=string(3000), unsafe=boolean, style=STYLE),
    "emoji": shape(["name"], name=string(100), unicode=string(100), skin_tone=number, style=STYLE),
    "user": shape(["user_id"], user_id=string(30), style=STYLE),
    "usergroup": shape(["usergroup_id"], usergroup_id=string(30), style=STYLE),
    "channel": shape(["channel_id"], channel_id=string(30), style=STYLE),
    "team": shape(["team_id"], team_id=string(30), style=STYLE),
    "broadcast": shape(["range"], range=one_of("here", "channel", "everyone"), style=STYLE),
    "color": shape(["value"], value=string(20), style=STYLE),
    "date": shape(
        ["timestamp"],
        timestamp=number,
        format=string(200),
        url=string(3000),
        fallback=string(300),
        style=STYLE,
    ),
    "citation": anything,
}

_inline = items(typed(INLINE), most=5000, least=0)
_verbatim = items(typed(INLINE, ("text", "link", "user", "channel", "emoji")), most=5000, least=0)
_section = shape(["elements"], elements=_inline)

PARTS: dict[str, Check] = {
    "rich_text_section": _section,
    "rich_text_quote": shape(["elements"], elements=_inline, border=number),
    "rich_text_preformatted": shape(["elements"], elements=_verbatim, border=number, language=string(50)),
    "rich_text_list": shape(
        ["elements", "style"],
        elements=items(typed({"rich_text_section": _section}), most=1000, least=0),
        style=one_of("ordered", "bullet"),
        indent=number,
        offset=number,
        border=number,
    ),
}

RICH_TEXT = shape(["elements"], block_id=string(255), elements=items(typed(PARTS), most=1000, least=0))
