// Reactions beneath a message, and the small picker that adds one.

import { post } from "./api.js";
import { h } from "./dom.js";
import { emoji, REACTIONS } from "./emoji.js";
import { icon } from "./icons.js";
import { leave, menu } from "./menus.js";
import { nameOf, state } from "./state.js";
import { toast } from "./toast.js";

export async function react(channel, one, name) {
  const mine = one.reactions?.some((reaction) => reaction.name === name && reaction.users.includes(state.me));
  try {
    await post("/play/react", { user: state.me, channel, ts: one.ts, name, remove: Boolean(mine) });
  } catch (error) {
    toast(error.message, "error");
  }
}

export function reactions(one, { channel }) {
  if (!one.reactions?.length) return null;
  return h(
    "div",
    { class: "reactions" },
    one.reactions.map((reaction) => {
      const who = reaction.users.map((user) => (user === state.me ? "you" : nameOf(user))).join(", ");
      return h(
        "button",
        {
          type: "button",
          class: "reaction",
          key: reaction.name,
          "aria-pressed": String(reaction.users.includes(state.me)),
          title: `${who} reacted with :${reaction.name}:`,
          "aria-label": `${reaction.name}, ${who}`,
          onclick: () => react(channel, one, reaction.name),
        },
        emoji(reaction.name),
        h("span", null, String(reaction.users.length)),
      );
    }),
    picker(channel, one, "reaction reaction-add"),
  );
}

export function picker(channel, one, name) {
  const choose = (chosen) => (event) => {
    leave(event.currentTarget);
    react(channel, one, chosen);
  };
  return menu(
    { key: "picker", title: "Add a reaction", look: name, picture: icon("smile", 17), list: "reaction-list" },
    REACTIONS.map((each) =>
      h(
        "button",
        { type: "button", role: "menuitem", "aria-label": each, onclick: choose(each) },
        emoji(each),
      ),
    ),
  );
}
