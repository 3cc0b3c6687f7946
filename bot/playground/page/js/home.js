// The bot's home tab.

import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { spinner } from "./icons.js";
import { state } from "./state.js";

export function homeTab() {
  const inside = state.home
    ? h(
        "div",
        { class: "home-body", key: `home ${state.me}` },
        blocks(state.home.blocks, { view: state.home }),
      )
    : h(
        "p",
        { class: "home-wait", key: "wait" },
        spinner(18),
        state.connected ? "raygen is preparing this page…" : "This page appears when raygen is connected.",
      );
  return h(
    "div",
    { class: "home", key: "home", role: "region", "aria-label": "raygen home", tabindex: "0" },
    inside,
  );
}
