// Puts the page together and redraws it when the state changes.

import { banner } from "./banner.js";
import { h, render } from "./dom.js";
import { listen } from "./events.js";
import { header } from "./header.js";
import { homeTab } from "./home.js";
import { spinner } from "./icons.js";
import { load, openHome } from "./load.js";
import { listenForMenus } from "./menus.js";
import { conversation } from "./messages.js";
import { drawModal } from "./modal.js";
import { readRoute } from "./router.js";
import { changed, channelLabel, onChange, state } from "./state.js";
import { sidebar } from "./sidebar.js";
import { thread } from "./thread.js";
import { markRead, totalForMe } from "./unread.js";

const MINUTE = 30_000;

function page() {
  if (!state.loaded) {
    return h(
      "div",
      { class: "loading", key: "loading", role: "status" },
      spinner(26),
      h("span", null, state.line === "lost" ? "Waiting for the playground…" : "Loading…"),
    );
  }
  const { page: shown, channel, thread: open } = state.route;
  return h(
    "div",
    { class: open ? "app has-thread" : "app", key: "app" },
    sidebar(),
    state.drawer ? h("div", { class: "veil", key: "veil", onclick: closeDrawer }) : null,
    h(
      "main",
      { class: "main", key: "main" },
      header(),
      banner(),
      shown === "home" ? homeTab() : conversation(channel),
    ),
    open ? thread(channel, open) : null,
  );
}

function closeDrawer() {
  state.drawer = false;
  changed();
}

function draw() {
  render(document.getElementById("root"), page());
  if (state.loaded) drawModal();
  title();
}

function title() {
  const news = totalForMe();
  const place = state.route.page === "home" ? "Home" : channelLabel(state.route.channel);
  document.title = `${news ? `(${news}) ` : ""}${place ? `${place} · ` : ""}${state.team.name ?? "raygen playground"}`;
}

function routed() {
  const before = state.route.page;
  readRoute();
  if (state.route.page === "home" && before !== "home") openHome();
}

async function start() {
  state.me = new URLSearchParams(location.search).get("user") ?? sessionStorage.getItem("me") ?? "UENGINEER";
  onChange(draw);
  changed();
  addEventListener("hashchange", routed);
  listenForMenus();
  document.addEventListener("visibilitychange", () => {
    markRead();
    changed();
  });
  setInterval(() => {
    state.minute += 1;
    changed();
  }, MINUTE);
  listen(load);
  await load();
  if (state.route.page === "home") openHome();
}

start();
