// Block elements that are pressed: buttons of all kinds and the overflow menu. The rest lives in inputs.js.

import { act } from "./act.js";
import { h } from "./dom.js";
import { hasIcon, icon, spinner } from "./icons.js";
import { input, isInput } from "./inputs.js";
import { image } from "./media.js";
import { leave, menu } from "./menus.js";
import { state } from "./state.js";
import { label, words } from "./text.js";

const BUTTONS = {
  button,
  workflow_button: button,
  icon_button: iconButton,
  feedback_buttons: feedback,
  overflow,
  image,
};

export function element(one, context) {
  if (BUTTONS[one.type]) return BUTTONS[one.type](one, context);
  if (isInput(one)) return input(one, context);
  return h("span", { class: "unknown" }, `[${one.type}]`);
}

function button(one, context) {
  return h(
    "button",
    {
      type: "button",
      class: `button${one.style ? ` button-${one.style}` : ""}`,
      "data-action": one.action_id,
      "aria-label": one.accessibility_label,
      onclick: (event) => {
        if (/^https?:/i.test(one.url ?? "")) window.open(one.url, "_blank", "noopener,noreferrer");
        act(one, context, { value: one.value }, event.currentTarget);
      },
    },
    h("span", { class: "button-wait" }, spinner()),
    h("span", { class: "button-label" }, label(one.text), one.url ? icon("link", 14) : null),
  );
}

function iconButton(one, context) {
  if (one.visible_to_user_ids && !one.visible_to_user_ids.includes(state.me)) return null;
  const name = words(one.text);
  return h(
    "button",
    {
      type: "button",
      class: "tool",
      "data-action": one.action_id,
      title: name,
      "aria-label": one.accessibility_label ?? name,
      onclick: (event) => act(one, context, { value: one.value }, event.currentTarget),
    },
    icon(hasIcon(one.icon) ? one.icon : "circle"),
  );
}

function feedback(one, context) {
  const choice = (which, picture) => {
    const given = one[which];
    if (!given) return null;
    return h(
      "button",
      {
        type: "button",
        class: "tool",
        "data-action": one.action_id,
        "data-choice": which,
        title: words(given.text),
        "aria-label": given.accessibility_label ?? words(given.text),
        "aria-pressed": "false",
        onclick: async (event) => {
          const pressed = event.currentTarget;
          if (!(await act(one, context, { value: given.value }, pressed))) return;
          for (const each of pressed.parentElement.children)
            each.setAttribute("aria-pressed", String(each === pressed));
        },
      },
      icon(picture),
    );
  };
  return h(
    "span",
    { class: "feedback" },
    choice("positive_button", "up_thumb"),
    choice("negative_button", "down_thumb"),
  );
}

function overflow(one, context) {
  const choose = (option) => (event) => {
    const control = leave(event.currentTarget);
    if (/^https?:/i.test(option.url ?? "")) window.open(option.url, "_blank", "noopener,noreferrer");
    act(one, context, { selected_option: option }, control);
  };
  const look = { title: "More actions", look: "button button-square", action: one.action_id };
  return menu(
    { ...look, picture: icon("more") },
    (one.options ?? []).map((option) =>
      h(
        "button",
        { type: "button", role: "menuitem", onclick: choose(option) },
        label(option.text),
        option.description ? h("small", null, label(option.description)) : null,
      ),
    ),
  );
}
