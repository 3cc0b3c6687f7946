// Modals: the topmost view of the user's stack, its fields, submit and close.

import { busy } from "./act.js";
import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { h, render } from "./dom.js";
import { collect, fieldOf, forget } from "./forms.js";
import { icon, spinner } from "./icons.js";
import { uploaded } from "./inputs.js";
import { changed, nameOf, state } from "./state.js";
import { text, words } from "./text.js";
import { toast } from "./toast.js";
import { avatar } from "./avatar.js";

// view id -> {block_id: what is wrong}
const errors = new Map();
let drawn = "";

export function drawModal() {
  const dialog = document.getElementById("modal");
  const view = state.views.at(-1);
  render(dialog, view ? shown(view) : []);
  if (view && !dialog.open) dialog.showModal();
  if (!view && dialog.open) dialog.close();
  if (view && view.id !== drawn) focusFirst(dialog, view);
  drawn = view?.id ?? "";
  dialog.oncancel = (event) => {
    event.preventDefault();
    if (view) close(view);
  };
}

function shown(view) {
  const context = { view, errors: errors.get(view.id) };
  const wide = view.blocks.some(holdsCode);
  return h(
    "form",
    {
      class: wide ? "modal-form wide" : "modal-form",
      key: view.id,
      novalidate: true,
      onsubmit: (event) => submit(event, view),
    },
    h(
      "header",
      { class: "modal-head" },
      avatar(state.botUser, 28),
      h("h2", { id: "modal-title" }, view.title ? text(view.title) : nameOf(state.botUser)),
      h(
        "button",
        { type: "button", class: "tool", "aria-label": "Close", onclick: () => close(view) },
        icon("close"),
      ),
    ),
    h("div", { class: "modal-body" }, blocks(view.blocks, context)),
    h(
      "footer",
      { class: "modal-foot" },
      h(
        "button",
        { type: "button", class: "button", onclick: () => close(view) },
        words(view.close) || "Close",
      ),
      view.submit
        ? h(
            "button",
            { type: "submit", class: "button button-primary" },
            h("span", { class: "button-wait" }, spinner()),
            h("span", { class: "button-label" }, text(view.submit)),
          )
        : null,
    ),
  );
}

const holdsCode = (block) =>
  (block.element?.multiline && (block.element.initial_value ?? "").includes("\n")) ||
  (block.elements ?? []).some((part) => part.type === "rich_text_preformatted" && part.language);

function focusFirst(dialog, view) {
  const wanted =
    dialog.querySelector("[autofocus]") ??
    dialog.querySelector(".modal-body input, .modal-body textarea, .modal-body select");
  (wanted ?? dialog.querySelector(view.submit ? "[type=submit]" : "footer button"))?.focus();
  const body = dialog.querySelector(".modal-body");
  if (wanted?.tagName === "TEXTAREA") {
    wanted.setSelectionRange(0, 0);
    wanted.scrollTop = 0;
  }
  body.scrollTop = 0;
}

async function submit(event, view) {
  event.preventDefault();
  const form = event.currentTarget;
  await uploaded();
  const values = collect({ view }, view.blocks);
  const found = empty(view, values);
  if (Object.keys(found).length) return tell(view, found);
  await busy(form.querySelector("[type=submit]"), async () => {
    const answer = await post("/play/submit", { user: state.me, view_id: view.id, values }).catch((error) => {
      if (error.body?.errors) return error.body;
      throw error;
    });
    tell(view, answer.errors ?? {});
  });
}

// Required fields without an answer, found before the bot is asked.
function empty(view, values) {
  const found = {};
  for (const block of view.blocks) {
    if (block.type !== "input" || block.optional) continue;
    const value = values[block.block_id]?.[block.element.action_id]?.[fieldOf(block.element)];
    if (value === null || value === undefined || value === "" || value.length === 0) {
      found[block.block_id] = "Please complete this required field.";
    }
  }
  return found;
}

function tell(view, found) {
  errors.set(view.id, found);
  changed();
  const named = new Set(view.blocks.map((block) => block.block_id));
  const elsewhere = Object.entries(found).filter(([block]) => !named.has(block));
  if (elsewhere.length) toast(elsewhere.map(([, message]) => message).join(" "), "error");
  if (Object.keys(found).length)
    requestAnimationFrame(() => document.querySelector("#modal [aria-invalid=true]")?.focus());
}

async function close(view) {
  state.views = state.views.filter((one) => one.id !== view.id);
  errors.delete(view.id);
  forget(view.id);
  changed();
  try {
    await post("/play/close", { user: state.me, view_id: view.id });
  } catch (error) {
    toast(error.message, "error");
  }
}
