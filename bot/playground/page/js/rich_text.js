// rich_text blocks: sections, lists, quotes, preformatted text and everything inside a line.

import { codeBlock } from "./code.js";
import { h } from "./dom.js";
import { characters, emoji } from "./emoji.js";
import { clean, slackDate } from "./format.js";
import { broadcast, channelLink, link, mention } from "./inline.js";

const BULLETS = ["disc", "circle", "square"];
const NUMBERS = ["decimal", "lower-alpha", "lower-roman"];

export function richText(block) {
  return (block.elements ?? []).map((element, index) => section(element, index));
}

function section(element, index) {
  switch (element.type) {
    case "rich_text_list":
      return list(element, index);
    case "rich_text_quote":
      return h("blockquote", { key: `q${index}` }, h("div", { class: "text" }, pieces(element.elements)));
    case "rich_text_preformatted":
      return codeBlock(plain(element.elements), element.language);
    default:
      return h("div", { class: "text", key: `s${index}` }, pieces(element.elements));
  }
}

function list(element, index) {
  const level = element.indent ?? 0;
  const ordered = element.style === "ordered";
  const styles = ordered ? NUMBERS : BULLETS;
  return h(
    ordered ? "ol" : "ul",
    {
      key: `l${index}`,
      start: ordered ? (element.offset ?? 0) + 1 : undefined,
      class: element.border ? "rich-list bordered" : "rich-list",
      style: { "list-style-type": styles[level % 3], "margin-left": `${level * 1.7}em` },
    },
    (element.elements ?? []).map((item) => h("li", null, pieces(item.elements))),
  );
}

export const plain = (elements) => (elements ?? []).map((one) => one.text ?? one.url ?? "").join("");

function pieces(elements) {
  return (elements ?? []).map(piece);
}

function piece(element) {
  switch (element.type) {
    case "text":
      return styled(broken(clean(element.text)), element.style);
    case "link":
      return styled(link(element.url, element.text || element.url), element.style);
    case "emoji":
      return emoji(element.name);
    case "user":
      return styled(mention(element.user_id), element.style);
    case "channel":
      return styled(channelLink(element.channel_id), element.style);
    case "usergroup":
      return h("span", { class: "mention" }, `@${element.usergroup_id}`);
    case "broadcast":
      return broadcast(element.range);
    case "date":
      return h("time", null, slackDate(element.timestamp, element.format ?? "{date}") || element.fallback);
    case "color":
      return h(
        "span",
        { class: "colour" },
        h("span", { class: "swatch", style: { background: element.value } }),
        element.value,
      );
    default:
      return clean(element.text ?? element.fallback ?? "");
  }
}

function broken(text) {
  return text.split("\n").flatMap((line, index) => [index ? h("br") : null, characters(line)]);
}

const TAGS = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code", highlight: "mark" };

function styled(children, style) {
  const names = Object.keys(TAGS).filter((name) => style?.[name]);
  return names.reduce((inner, name) => h(TAGS[name], null, inner), children);
}
