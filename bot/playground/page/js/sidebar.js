// The sidebar: workspace, conversations with unread marks, the app, and who one is.

import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { become, people } from "./load.js";
import { changed, myDirect, nameOf, state } from "./state.js";

export function sidebar() {
  const rooms = [...state.channels.values()]
    .filter((channel) => !channel.is_im)
    .sort((one, other) => one.name.localeCompare(other.name));
  const direct = myDirect();
  return h(
    "nav",
    { class: state.drawer ? "sidebar is-open" : "sidebar", "aria-label": "Workspace" },
    h(
      "header",
      { class: "workspace" },
      h("span", { class: "workspace-mark", "aria-hidden": "true" }, (state.team.name ?? "R")[0]),
      h("h1", null, state.team.name ?? "Playground"),
      h(
        "button",
        { type: "button", class: "tool only-phone", "aria-label": "Close the menu", onclick: closeDrawer },
        icon("close"),
      ),
    ),
    h(
      "div",
      { class: "sidebar-scroll" },
      section(
        "Channels",
        rooms.map((room) => item(room.id, `#${room.id}`, room.name, icon("hash", 16))),
      ),
      direct
        ? section("Direct messages", [
            item(direct.id, `#${direct.id}`, nameOf(state.botUser), face(state.botUser)),
          ])
        : null,
      section("Apps", [item("home", "#home", "raygen home", icon("home", 16))]),
    ),
    foot(),
  );
}

function closeDrawer() {
  state.drawer = false;
  changed();
}

function section(title, items) {
  return h("section", { class: "sidebar-section" }, h("h2", null, title), h("ul", null, items));
}

function item(id, href, name, picture) {
  const here = state.route.page === "home" ? id === "home" : state.route.channel === id;
  const unread = state.unread.get(id);
  return h(
    "li",
    { key: id },
    h(
      "a",
      {
        href,
        class: unread ? "place unread" : "place",
        "aria-current": here ? "page" : undefined,
        onclick: closeDrawer,
      },
      picture,
      h("span", { class: "place-name" }, name),
      unread
        ? h(
            "span",
            { class: unread.forMe ? "count" : "dot" },
            unread.forMe ? String(unread.forMe) : null,
            h("span", { class: "sr" }, unread.forMe ? " new for you" : "unread"),
          )
        : null,
    ),
  );
}

function face(user) {
  const word = state.connected ? "connected" : "not connected";
  return h(
    "span",
    { class: "face" },
    avatar(user, 20),
    h("span", {
      class: state.connected ? "presence on" : "presence",
      role: "img",
      "aria-label": word,
      title: word,
    }),
  );
}

const ROLES = [
  ["is_admin", "Workspace admin"],
  ["is_restricted", "Guest"],
];

const roleOf = (user) => ROLES.find(([flag]) => user[flag])?.[1] ?? "Member";

function foot() {
  const me = state.users.get(state.me);
  if (!me) return null;
  const choose = (user) => (event) => {
    event.currentTarget.closest("details").open = false;
    become(user.id);
  };
  return h(
    "footer",
    { class: "sidebar-foot" },
    state.about.model
      ? h(
          "p",
          { class: "about", title: state.about.model },
          icon("spark", 15),
          h("span", null, state.about.model),
        )
      : null,
    h(
      "details",
      { class: "menu me-menu", "data-popup": "" },
      h(
        "summary",
        { class: "me", "aria-label": `You are ${me.real_name}. Switch user` },
        avatar(me.id, 32),
        h("span", { class: "me-name" }, h("b", null, me.real_name), h("small", null, roleOf(me))),
        h("span", { class: "me-switch" }, icon("switch", 16), "Switch"),
      ),
      h(
        "div",
        { class: "menu-list", role: "menu", "aria-label": "Switch user" },
        people().map((user) =>
          h(
            "button",
            {
              type: "button",
              role: "menuitemradio",
              "aria-checked": String(user.id === state.me),
              "data-user": user.id,
              onclick: choose(user),
            },
            avatar(user.id, 28),
            h("span", null, h("b", null, user.real_name), h("small", null, roleOf(user))),
            user.id === state.me ? icon("check", 16) : null,
          ),
        ),
      ),
    ),
  );
}
