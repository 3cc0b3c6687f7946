// The app's shortcuts, as its manifest names them: those on messages, and those that start anywhere.

import { busy } from "./act.js";
import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { leave, menu } from "./menus.js";
import { nameOf, state } from "./state.js";

const ofKind = (kind) => state.shortcuts.filter((one) => one.type === kind);

// What a message's toolbar has for it; nothing where the app has no such shortcut.
export function messageShortcuts(channel, one) {
  return shortcutMenu(
    { key: "more", title: "More actions", look: "tool", picture: icon("more") },
    ofKind("message"),
    { channel, ts: one.ts },
  );
}

export function globalShortcuts(channel) {
  return shortcutMenu(
    { key: "shortcuts", title: "Shortcuts", look: "tool", picture: icon("bolt") },
    ofKind("global"),
    { channel },
  );
}

function shortcutMenu(look, shortcuts, place) {
  if (!shortcuts.length) return null;
  const app = nameOf(state.botUser);
  return menu({ ...look, named: `${look.title}: ${app}` }, [
    h("p", { class: "menu-app", "aria-hidden": "true" }, avatar(state.botUser, 18), app),
    shortcuts.map((each) => item(each, place)),
  ]);
}

function item(shortcut, place) {
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      key: shortcut.callback_id,
      onclick: (event) => {
        const started = { user: state.me, callback_id: shortcut.callback_id, ...place };
        busy(leave(event.currentTarget), () => post("/play/shortcut", started));
      },
    },
    h("span", null, shortcut.name, h("small", null, shortcut.description)),
  );
}
