// What one can do with a message: react, reply, copy its link, edit, delete, start a shortcut.

import { post } from "./api.js";
import { toClipboard } from "./code.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { picker, react } from "./reactions.js";
import { goTo } from "./router.js";
import { messageShortcuts } from "./shortcuts.js";
import { changed, state } from "./state.js";
import { toast } from "./toast.js";

const QUICK = ["white_check_mark", "eyes"];

export function toolbar(one, place) {
  const mine = one.user === state.me;
  return h(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Message actions" },
    QUICK.map((name) =>
      tool(`React with :${name}:`, emoji(name), () => react(place.channel, one, name), "quick"),
    ),
    picker(place.channel, one, "tool"),
    place.inThread ? null : tool("Reply in thread", icon("reply"), () => reply(place.channel, one)),
    tool("Copy link", icon("link"), () => copyLink(place.channel, one), "quick"),
    mine ? tool("Edit", icon("pencil"), () => edit(place.channel, one)) : null,
    mine ? tool("Delete", icon("trash"), () => remove(place.channel, one)) : null,
    messageShortcuts(place.channel, one),
  );
}

function tool(name, picture, action, more = "") {
  return h(
    "button",
    { type: "button", class: `tool ${more}`, title: name, "aria-label": name, onclick: action },
    picture,
  );
}

function reply(channel, one) {
  goTo(channel, one.thread_ts ?? one.ts);
  setTimeout(() => document.querySelector(".thread textarea")?.focus(), 80);
}

async function copyLink(channel, one) {
  const hash = one.thread_ts ? `#${channel}/${one.thread_ts}` : `#${channel}/${one.ts}`;
  if (await toClipboard(`${location.origin}/${hash}`)) toast("Link copied.");
}

function edit(channel, one) {
  state.editing = `${channel}/${one.ts}`;
  changed();
}

async function remove(channel, one) {
  const question = {
    title: "Delete message",
    text: "Delete this message? This can't be undone.",
    confirm: "Delete",
    deny: "Cancel",
    style: "danger",
  };
  if (!(await ask(question))) return;
  try {
    await post("/play/delete", { user: state.me, channel, ts: one.ts });
  } catch (error) {
    toast(error.message, "error");
  }
}
