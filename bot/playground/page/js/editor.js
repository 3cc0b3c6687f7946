// Edits a message in its place.

import { post } from "./api.js";
import { h } from "./dom.js";
import { unescape } from "./mrkdwn.js";
import { changed, state } from "./state.js";
import { toast } from "./toast.js";

// What the person typed, from what Slack made of it.
function typedText(text) {
  const bare = text
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, user) => `@${state.users.get(user)?.name ?? user}`)
    .replace(
      /<#([A-Z0-9]+)(?:\|([^>]*))?>/g,
      (whole, channel, name) => `#${name ?? state.channels.get(channel)?.name ?? channel}`,
    )
    .replace(/<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>/g, "$1");
  return unescape(bare);
}

export function editor(one, place) {
  const close = () => {
    state.editing = "";
    changed();
  };
  const save = async (event) => {
    event.preventDefault();
    const text = event.currentTarget.querySelector("textarea").value.trim();
    if (!text) return;
    try {
      await post("/play/edit", { user: state.me, channel: place.channel, ts: one.ts, text });
      close();
    } catch (error) {
      toast(error.message, "error");
    }
  };
  const pressed = (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      event.currentTarget.form.requestSubmit();
    }
  };
  return h(
    "form",
    { class: "editor", onsubmit: save },
    h("textarea", {
      class: "field",
      "aria-label": "Edit message",
      rows: 3,
      value: typedText(one.text ?? ""),
      onkeydown: pressed,
      mounted: focus,
    }),
    h(
      "div",
      { class: "editor-buttons" },
      h("button", { type: "button", class: "button", onclick: close }, "Cancel"),
      h("button", { type: "submit", class: "button button-primary" }, "Save"),
    ),
  );
}

function focus(box) {
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}
