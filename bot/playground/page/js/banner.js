// What is still starting, in words, until everything is ready.

import { h } from "./dom.js";
import { icon, spinner } from "./icons.js";
import { state } from "./state.js";

const NAMES = {
  bot: "Bot",
  slack: "Connection",
  target: "Ray cluster",
  validation: "Sealed clusters",
};

export function banner() {
  if (state.line === "lost") {
    return h(
      "div",
      { class: "banner banner-lost", role: "alert", key: "lost" },
      spinner(18),
      h(
        "div",
        null,
        h("b", null, "Can't reach the playground."),
        h("p", null, "It may be restarting. Reconnecting; nothing you wrote is lost."),
      ),
    );
  }
  if (state.ready || !state.loaded || !state.parts.size) return null;
  return h(
    "div",
    { class: "banner", role: "status", key: "starting" },
    h(
      "div",
      null,
      h("b", null, state.wasReady ? "raygen is restarting" : "raygen is starting"),
      state.wasReady
        ? null
        : h(
            "p",
            null,
            "A real Ray cluster starts on this machine, which takes a few seconds. You can already write; raygen answers once it is ready.",
          ),
      h(
        "ul",
        null,
        [...state.parts].map(([part, sentence]) => line(part, sentence)),
      ),
    ),
  );
}

function line(part, sentence) {
  const waiting = part in state.missing;
  return h(
    "li",
    { key: part, class: waiting ? "" : "done" },
    waiting ? spinner(15) : icon("check", 15),
    h("span", null, h("b", null, NAMES[part] ?? part), " ", waiting ? sentence : "ready"),
  );
}
