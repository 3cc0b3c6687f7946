// Slack's mrkdwn: a parser of lines into blocks (code, quote, list, text) and of text into styled pieces.

import { codeBlock } from "./code.js";
import { h } from "./dom.js";
import { characters, withEmoji } from "./emoji.js";
import { slackDate } from "./format.js";
import { broadcast, channelLink, link, mention } from "./inline.js";

const FENCE = /```([\s\S]*?)```/g;
const BULLET = /^(\s*)([•◦▪‣]|\d+\.)\s+(.*)$/;
const STYLES = { "*": "strong", _: "em", "~": "s" };
const BEFORE = /[\s({["'“‘.,;:!?*_~>\-/|]/;
const AFTER = /[\s)}\]"'”’.,;:!?*_~<\-/|…]/;
const URL = /(https?:\/\/[^\s<>|]+[^\s<>|.,;:!?'")\]}])/g;

export const unescape = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

// Block-level nodes for a whole text. `verbatim` leaves bare web addresses alone.
export function mrkdwn(text, options = {}) {
  const blocks = [];
  let last = 0;
  for (const match of text.matchAll(FENCE)) {
    blocks.push(...paragraphs(text.slice(last, match.index), options));
    blocks.push(fenced(match[1]));
    last = match.index + match[0].length;
  }
  return [...blocks, ...paragraphs(text.slice(last), options)];
}

function fenced(body) {
  const source = unescape(
    body.replace(/<([^@#!>|][^>|]*)(?:\|([^>]*))?>/g, (whole, url, label) => label ?? url),
  );
  const named = /^(python|py)\n/.exec(source);
  return codeBlock(
    source.slice(named ? named[0].length : 0).replace(/^\n/, ""),
    named ? "python" : undefined,
  );
}

function paragraphs(text, options) {
  const trimmed = text.replace(/^\n/, "").replace(/\n$/, "");
  if (!trimmed) return [];
  return groups(trimmed.split("\n")).map((group) => {
    if (group.kind === "quote") {
      return h("blockquote", null, paragraphs(group.lines.join("\n"), options));
    }
    if (group.kind === "list") return list(group.lines, options);
    return h("div", { class: "text" }, lines(group.lines, options));
  });
}

function groups(all) {
  const found = [];
  let toEnd = false;
  for (const line of all) {
    const kind = toEnd || /^(&gt;|>)/.test(line) ? "quote" : BULLET.test(line) ? "list" : "text";
    const whole = /^(&gt;|>){3}/.test(line);
    const content =
      kind === "quote" && !toEnd ? line.replace(whole ? /^(&gt;|>){3} ?/ : /^(&gt;|>) ?/, "") : line;
    toEnd ||= whole;
    if (found.at(-1)?.kind === kind) found.at(-1).lines.push(content);
    else found.push({ kind, lines: [content] });
  }
  return found;
}

function list(items, options) {
  const parsed = items.map((item) => BULLET.exec(item));
  return h(
    "ul",
    { class: "plain-list" },
    parsed.map(([, indent, mark, content]) =>
      h(
        "li",
        { style: { "padding-left": `${Math.min(indent.length, 12) * 0.4 + 1.4}em` } },
        h("span", { class: "mark" }, mark),
        inline(content, options),
      ),
    ),
  );
}

function lines(all, options) {
  return all.flatMap((line, index) => [
    index ? h("br") : null,
    line.trim() ? inline(line, options) : h("span", { class: "gap" }),
  ]);
}

// Inline nodes for one line.
export function inline(text, options = {}) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(...words(plain, options));
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const piece = special(text, at, options);
    if (piece) {
      flush();
      nodes.push(piece.node);
      at = piece.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function special(text, at, options) {
  const sign = text[at];
  if (sign === "<") return reference(text, at);
  if (sign === "`") {
    const end = text.indexOf("`", at + 1);
    if (end <= at + 1) return null;
    const body = text
      .slice(at + 1, end)
      .replace(/<([^@#!>|][^>|]*)(?:\|([^>]*))?>/g, (whole, url, label) => label ?? url);
    return { node: h("code", null, unescape(body)), end: end + 1 };
  }
  return STYLES[sign] ? styled(text, at, sign, options) : null;
}

function styled(text, at, sign, options) {
  if (at > 0 && !BEFORE.test(text[at - 1])) return null;
  if (!text[at + 1] || /\s/.test(text[at + 1]) || text[at + 1] === sign) return null;
  for (let end = text.indexOf(sign, at + 1); end > 0; end = text.indexOf(sign, end + 1)) {
    const closes = !/\s/.test(text[end - 1]) && (end + 1 === text.length || AFTER.test(text[end + 1]));
    if (closes && !insideCode(text, at, end)) {
      return { node: h(STYLES[sign], null, inline(text.slice(at + 1, end), options)), end: end + 1 };
    }
  }
  return null;
}

const insideCode = (text, from, to) => (text.slice(from, to).split("`").length - 1) % 2 === 1;

function reference(text, at) {
  const end = text.indexOf(">", at);
  if (end < 0) return null;
  const [target, ...rest] = text.slice(at + 1, end).split("|");
  const label = rest.length ? unescape(rest.join("|")) : "";
  const node = referenced(target, label);
  return node && { node, end: end + 1 };
}

function referenced(target, label) {
  const name = target.slice(1);
  if (target.startsWith("@")) return mention(name, label);
  if (target.startsWith("#")) return channelLink(name, label);
  if (!target.startsWith("!"))
    return target ? link(unescape(target), label ? withEmoji(label) : unescape(target)) : null;
  const [command, ...more] = name.split("^");
  if (command === "date") return date(more, label);
  if (command === "subteam") return h("span", { class: "mention" }, label || `@${more[0]}`);
  return broadcast(command);
}

function date([timestamp, format = "", url], label) {
  const shown = slackDate(timestamp, format) || label;
  const time = h("time", { title: slackDate(timestamp, "{date_long} {time}") || undefined }, shown);
  return url ? link(url, time) : time;
}

function words(text, { verbatim = false, emoji = true } = {}) {
  const show = (part) => (emoji ? withEmoji(unescape(part)) : characters(unescape(part)));
  if (verbatim) return show(text);
  return text
    .split(URL)
    .flatMap((part, index) => (index % 2 ? [link(unescape(part), unescape(part))] : show(part)));
}
