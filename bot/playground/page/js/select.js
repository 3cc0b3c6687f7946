// Menus: one choice by the browser's own select, many by a list of boxes that opens beneath.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { nameOf, state } from "./state.js";
import { label, words } from "./text.js";

// Each offer is {key, text, value}: what identifies it, what is shown, what the bot gets.
function offers(element) {
  const kind = element.type.replace("multi_", "");
  if (kind === "users_select") {
    return [...state.users.keys()]
      .filter((user) => user !== "USLACKBOT")
      .map((user) => ({ key: user, text: nameOf(user), value: user }));
  }
  if (kind === "channels_select" || kind === "conversations_select") {
    const open = [...state.channels.values()].filter(
      (channel) => !channel.is_im || (kind === "conversations_select" && channel.user === state.me),
    );
    return open.map((channel) => ({
      key: channel.id,
      text: channel.is_im ? nameOf(state.botUser) : `#${channel.name}`,
      value: channel.id,
    }));
  }
  return (element.options ?? []).map(fromOption);
}

const fromOption = (option) => ({
  key: option.value,
  text: words(option.text),
  value: option,
  shown: option,
});

const keyOf = (value) => (typeof value === "object" ? value?.value : value) ?? "";

export function singleSelect(element, { current, tell, field }) {
  const groups = element.option_groups ?? [];
  const all = [...offers(element), ...groups.flatMap((group) => group.options.map(fromOption))];
  const shown = (offer) => h("option", { value: offer.key, key: offer.key }, offer.text);
  return h(
    "select",
    {
      ...field,
      class: "field field-short select",
      value: keyOf(current),
      onchange: (event) =>
        tell(
          all.find((offer) => offer.key === event.currentTarget.value)?.value ?? null,
          event.currentTarget,
        ),
    },
    h("option", { value: "" }, words(element.placeholder) || "Choose an option"),
    groups.length
      ? groups.map((group) =>
          h("optgroup", { label: words(group.label) }, group.options.map(fromOption).map(shown)),
        )
      : all.map(shown),
  );
}

export function multiSelect(element, { current, tell, keep, field }) {
  const groups = element.option_groups ?? [];
  const all = [...offers(element), ...groups.flatMap((group) => group.options.map(fromOption))];
  const chosen = new Set((current ?? []).map(keyOf));
  const prompt = words(element.placeholder) || "Choose options";
  const summary = (keys) =>
    all
      .filter((offer) => keys.has(offer.key))
      .map((offer) => offer.text)
      .join(", ") || prompt;
  const read = (menu) => new Set([...menu.querySelectorAll("input:checked")].map((one) => one.value));
  const change = (event) => {
    const menu = event.currentTarget.closest("details");
    const keys = read(menu);
    if (element.max_selected_items && keys.size > element.max_selected_items) {
      event.currentTarget.checked = false;
      return;
    }
    menu.querySelector(".multi-shown").firstChild.data = summary(keys);
    keep(all.filter((offer) => keys.has(offer.key)).map((offer) => offer.value));
    menu.dataset.changed = "yes";
  };
  const closed = (event) => {
    const menu = event.currentTarget;
    if (menu.open || !menu.dataset.changed) return;
    delete menu.dataset.changed;
    const keys = read(menu);
    tell(
      all.filter((offer) => keys.has(offer.key)).map((offer) => offer.value),
      menu,
    );
  };
  return h(
    "details",
    { class: "menu multi", "data-popup": "", "data-action": element.action_id, ontoggle: closed },
    h(
      "summary",
      {
        class: "field field-short select",
        id: field.id,
        "aria-labelledby": field["aria-labelledby"],
        "aria-invalid": field["aria-invalid"],
      },
      h("span", { class: "multi-shown" }, summary(chosen)),
      icon("down", 16),
    ),
    h(
      "div",
      { class: "menu-list", role: "group", "aria-label": prompt },
      all.map((offer) =>
        h(
          "label",
          { class: "choice", key: offer.key },
          h("input", {
            type: "checkbox",
            value: offer.key,
            checked: chosen.has(offer.key),
            onchange: change,
          }),
          h("span", null, offer.shown ? label(offer.shown.text) : offer.text),
        ),
      ),
    ),
  );
}
