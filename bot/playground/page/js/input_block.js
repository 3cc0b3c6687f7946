// The input block: a label, its field, a hint and, after a refused submit, what is wrong with it.

import { h } from "./dom.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { label } from "./text.js";

export function inputBlock(block, context) {
  const name = `in-${(context.view?.id ?? context.ts ?? "").replace(/\W/g, "")}-${block.block_id}`;
  const error = context.errors?.[block.block_id];
  const described = [error ? `${name}-error` : "", block.hint ? `${name}-hint` : ""]
    .filter(Boolean)
    .join(" ");
  const inside = {
    ...context,
    label: name,
    quiet: !block.dispatch_action,
    dispatch: block.dispatch_action,
    invalid: Boolean(error),
    described: described || undefined,
  };
  return [
    h(
      "label",
      { class: "input-label", id: name, for: `${name}-field` },
      label(block.label),
      block.optional ? h("span", { class: "optional" }, " (optional)") : null,
    ),
    element(block.element, inside),
    error
      ? h(
          "div",
          { class: "field-error", id: `${name}-error`, role: "alert" },
          icon("error", 16),
          h("span", null, error),
        )
      : null,
    block.hint ? h("div", { class: "hint", id: `${name}-hint` }, label(block.hint)) : null,
  ];
}
