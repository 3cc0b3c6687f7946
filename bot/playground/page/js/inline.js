// Small inline pieces that several kinds of text share: mentions, channels, links, broadcasts.

import { h } from "./dom.js";
import { channelLabel, nameOf, state } from "./state.js";

const SAFE = /^(https?:|mailto:|tel:)/i;
const EXPLAINED = { here: "everyone active", channel: "everyone in this channel", everyone: "everyone" };

// Only addresses that can't run code; anything else stays text.
export function link(url, children) {
  const address = String(url ?? "").trim();
  if (!SAFE.test(address) && !address.startsWith("/")) return h("span", null, children);
  return h("a", { class: "link", href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}

export function mention(user, label) {
  const mine = user === state.me;
  const name = state.users.has(user) ? nameOf(user) : label || user;
  return h("span", { class: mine ? "mention mention-me" : "mention", "data-user": user }, `@${name}`);
}

export function channelLink(channel, label) {
  const name = label || channelLabel(channel);
  if (!state.channels.has(channel)) return h("span", { class: "mention" }, `#${name}`);
  return h("a", { class: "mention", href: `#${channel}` }, `#${name}`);
}

export function broadcast(range) {
  return h(
    "span",
    { class: "mention mention-me", title: `Notifies ${EXPLAINED[range] ?? range}` },
    `@${range}`,
  );
}
