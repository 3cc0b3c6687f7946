// Standard Markdown, as the markdown block and streamed text use it.

import { codeBlock } from "./code.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { clean } from "./format.js";
import { broadcast, channelLink, link, mention } from "./inline.js";

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const ROW = /^\s*\|?.*\|.*$/;
const RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export const markdown = (text) => parse(clean(text).split("\n"));

function parse(lines) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const taken = READERS.map((reader) => reader(lines, at)).find(Boolean);
    if (taken) nodes.push(taken.node);
    at = taken ? taken.next : at + 1;
  }
  return nodes;
}

function fence(lines, at) {
  const open = /^\s*(```+|~~~+)\s*([\w+-]*)/.exec(lines[at]);
  if (!open) return null;
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(open[1])) end += 1;
  return { node: codeBlock(lines.slice(at + 1, end).join("\n"), open[2] || undefined), next: end + 1 };
}

function heading(lines, at) {
  const found = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[at]);
  return found && { node: h(`h${Math.min(6, found[1].length + 2)}`, null, spans(found[2])), next: at + 1 };
}

function rule(lines, at) {
  return /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[at]) ? { node: h("hr"), next: at + 1 } : null;
}

function quote(lines, at) {
  let end = at;
  while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
  if (end === at) return null;
  return {
    node: h("blockquote", null, parse(lines.slice(at, end).map((line) => line.replace(/^\s*> ?/, "")))),
    next: end,
  };
}

function tableOf(lines, at) {
  if (!ROW.test(lines[at]) || !RULE.test(lines[at + 1] ?? "") || !lines[at + 1].includes("-")) return null;
  let end = at + 2;
  while (end < lines.length && lines[end].trim() && ROW.test(lines[end])) end += 1;
  const cells = (line) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll("\\|", "|"));
  const aligns = cells(lines[at + 1]).map(
    (mark) => `align-${/^:-+:$/.test(mark) ? "center" : mark.endsWith(":") ? "right" : "left"}`,
  );
  const row = (line, tag) =>
    h(
      "tr",
      null,
      cells(line).map((cell, column) => h(tag, { class: aligns[column] }, spans(cell))),
    );
  const node = h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      null,
      h("thead", null, row(lines[at], "th")),
      h(
        "tbody",
        null,
        lines.slice(at + 2, end).map((line) => row(line, "td")),
      ),
    ),
  );
  return { node, next: end };
}

function list(lines, at) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const indent = first[1].length;
  const ordered = /\d/.test(first[2]);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    const deeper = /^(\s*)/.exec(lines[end])[1].length > indent && lines[end].trim();
    if (item && item[1].length <= indent && item[1].length >= indent && /\d/.test(item[2]) === ordered)
      items.push([item[3]]);
    else if (deeper && items.length) items.at(-1).push(lines[end]);
    else break;
    end += 1;
  }
  const start = ordered ? Number.parseInt(first[2], 10) : undefined;
  return { node: h(ordered ? "ol" : "ul", { class: "rich-list", start }, items.map(item)), next: end };
}

function item([first, ...rest]) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(first);
  const head = task
    ? [
        h("input", {
          type: "checkbox",
          disabled: true,
          checked: task[1] !== " ",
          "aria-label": task[1] === " " ? "open" : "done",
        }),
        " ",
        spans(task[2]),
      ]
    : spans(first);
  return h("li", null, head, rest.length ? parse(rest) : null);
}

function paragraph(lines, at) {
  let end = at;
  while (
    end < lines.length &&
    lines[end].trim() &&
    (end === at || !STARTS.some((starts) => starts(lines, end)))
  )
    end += 1;
  if (end === at) return null;
  const body = lines.slice(at, end).flatMap((line, index) => [index ? h("br") : null, spans(line.trim())]);
  return { node: h("p", { class: "text" }, body), next: end };
}

const STARTS = [fence, heading, rule, quote, tableOf, list];
const READERS = [...STARTS, paragraph];

const SPAN = new RegExp(
  [
    String.raw`(?<escaped>\\[\\\x60*_{}\[\]()#+\-.!|~<>])`,
    String.raw`(?<code>(?<ticks>\x60+)(?<body>[\s\S]+?)\k<ticks>(?!\x60))`,
    String.raw`!?\[(?<label>[^\]]*)\]\((?<url>[^)\s]+)(?:\s+"[^"]*")?\)`,
    String.raw`<(?<reference>[@#!][^>]+|https?:[^>]+)>`,
    String.raw`(?<bare>https?:\/\/[^\s<>]+[^\s<>.,;:!?'")\]}])`,
    String.raw`\*\*\*(?<both>\S(?:[\s\S]*?\S)?)\*\*\*`,
    String.raw`\*\*(?<bold>\S(?:[\s\S]*?\S)?)\*\*|__(?<bold2>\S(?:[\s\S]*?\S)?)__(?!\w)`,
    String.raw`~~(?<strike>\S(?:[\s\S]*?\S)?)~~`,
    String.raw`\*(?<italic>[^\s*](?:[^*]*?[^\s*])?)\*|(?<![\w])_(?<italic2>[^\s_](?:[^_]*?[^\s_])?)_(?!\w)`,
  ].join("|"),
  "g",
);

export function spans(text) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(SPAN)) {
    nodes.push(withEmoji(text.slice(last, match.index)), span(match.groups));
    last = match.index + match[0].length;
  }
  return [...nodes, withEmoji(text.slice(last))];
}

function span(found) {
  if (found.escaped) return found.escaped[1];
  if (found.code) return h("code", null, found.body.trim());
  if (found.url) return link(found.url, spans(found.label || found.url));
  if (found.reference) return referred(found.reference);
  if (found.bare) return link(found.bare, found.bare);
  if (found.both) return h("strong", null, h("em", null, spans(found.both)));
  if (found.bold || found.bold2) return h("strong", null, spans(found.bold ?? found.bold2));
  if (found.strike) return h("s", null, spans(found.strike));
  return h("em", null, spans(found.italic ?? found.italic2));
}

function referred(reference) {
  const [target, label] = reference.split("|");
  if (target.startsWith("@")) return mention(target.slice(1), label);
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!")) return broadcast(target.slice(1));
  return link(target, label ?? target);
}
