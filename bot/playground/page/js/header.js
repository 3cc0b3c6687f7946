// The bar above a conversation or the home tab.

import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { changed, channelLabel, isDirect, myDirect, state } from "./state.js";

export function header() {
  const { page, channel } = state.route;
  const app = page === "home" || isDirect(channel);
  return h(
    "header",
    { class: app ? "bar has-tabs" : "bar", key: "bar" },
    h(
      "button",
      { type: "button", class: "tool only-phone", "aria-label": "Open the menu", onclick: openDrawer },
      icon("menu"),
    ),
    h(
      "div",
      { class: "bar-title" },
      app ? avatar(state.botUser, 24) : icon("hash", 18),
      h("h2", null, app ? channelLabel(myDirect()?.id) : channelLabel(channel)),
      app
        ? h("span", { class: "badge" }, "APP")
        : h("span", { class: "bar-sub" }, state.channels.get(channel)?.purpose?.value ?? ""),
    ),
    app ? tabs(page) : null,
    connection(),
  );
}

function openDrawer() {
  state.drawer = true;
  changed();
}

function tabs(page) {
  const direct = myDirect();
  const tab = (name, href, here) => h("a", { href, "aria-current": here ? "page" : undefined }, name);
  return h(
    "nav",
    { class: "tabs", "aria-label": "raygen" },
    tab("Home", "#home", page === "home"),
    direct ? tab("Messages", `#${direct.id}`, page !== "home") : null,
  );
}

const STATES = {
  lost: ["off", "Reconnecting"],
  waiting: ["wait", "Starting"],
  away: ["off", "Not connected"],
  on: ["on", "Connected"],
};

function connection() {
  const name =
    state.line !== "open"
      ? "lost"
      : state.ready
        ? "on"
        : state.connected || !state.wasReady
          ? "waiting"
          : "away";
  const [look, word] = STATES[name];
  return h(
    "span",
    { class: `connection connection-${look}`, role: "status", title: `raygen: ${word.toLowerCase()}` },
    h("span", { class: "connection-mark", "aria-hidden": "true" }),
    h("span", { class: "connection-word" }, word),
  );
}
