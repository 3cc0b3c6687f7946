// Legacy attachments: a bar of colour beside text, fields, a picture or blocks.

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { clean } from "./format.js";
import { link } from "./inline.js";
import { imageBlock } from "./media.js";
import { mrkdwn } from "./mrkdwn.js";

const NAMED = { good: "#1f9d61", warning: "#f2b22d", danger: "#dd3b46" };

export function attachment(one, context) {
  const colour =
    NAMED[one.color] ??
    (/^#?[\da-f]{6}$/i.test(one.color ?? "") ? `#${one.color.replace("#", "")}` : undefined);
  const said = (text) => (text ? mrkdwn(clean(text)) : null);
  return h(
    "div",
    { class: "attachment-frame" },
    said(one.pretext),
    h(
      "div",
      { class: "attachment", style: colour ? { "border-left-color": colour } : undefined },
      one.author_name ? h("small", null, one.author_name) : null,
      one.title ? h("b", null, one.title_link ? link(one.title_link, one.title) : one.title) : null,
      one.blocks?.length ? blocks(one.blocks, context) : said(one.text),
      one.fields?.length
        ? h(
            "div",
            { class: "fields" },
            one.fields.map((field) => h("div", null, h("b", null, field.title), said(field.value))),
          )
        : null,
      one.image_url ? imageBlock({ image_url: one.image_url, alt_text: one.title ?? "" }) : null,
      one.footer ? h("small", null, one.footer) : null,
    ),
  );
}
