// Block Kit: one renderer per block type. `context` says where the blocks stand: channel and ts, or a view.

import { h } from "./dom.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { inputBlock } from "./input_block.js";
import { markdown } from "./markdown.js";
import { fileBlock, image, imageBlock, videoBlock } from "./media.js";
import { richText } from "./rich_text.js";
import { table } from "./table.js";
import { plan, taskCard } from "./tasks.js";
import { label, text } from "./text.js";

const BLOCKS = {
  section,
  header,
  context,
  actions,
  alert,
  card,
  carousel,
  container,
  call,
  divider: () => h("hr"),
  context_actions: actions,
  image: imageBlock,
  input: inputBlock,
  rich_text: (block) => h("div", { class: "rich" }, richText(block)),
  markdown: (block) => h("div", { class: "markdown" }, markdown(block.text ?? "")),
  table,
  file: fileBlock,
  video: videoBlock,
  plan,
  task_card: taskCard,
};

export function blocks(all, context) {
  return (all ?? []).map((block, index) => {
    const name = block.type === "input" ? block.block_id : `${index}`;
    const show = BLOCKS[block.type] ?? unknown;
    return h(
      "div",
      { class: `block block-${block.type}`, key: `${block.type} ${name}`, "data-block": block.block_id },
      show(block, { ...context, block: block.block_id }),
    );
  });
}

function section(block, context) {
  return [
    h(
      "div",
      { class: "section-body" },
      block.text ? h("div", { class: "section-text" }, text(block.text)) : null,
      block.fields
        ? h(
            "div",
            { class: "fields" },
            block.fields.map((field) => h("div", null, text(field))),
          )
        : null,
    ),
    block.accessory ? h("div", { class: "accessory" }, element(block.accessory, context)) : null,
  ];
}

function header(block) {
  return h("h3", null, label(block.text));
}

function context(block) {
  return (block.elements ?? []).map((one) =>
    one.type === "image" ? image(one) : h("span", null, text(one)),
  );
}

function actions(block, context_) {
  return (block.elements ?? []).map((one) => element(one, context_));
}

const LEVELS = { info: "info", warning: "warning", error: "error", success: "check" };

function alert(block) {
  const level = block.level ?? "default";
  return h(
    "div",
    { class: `alert alert-${level}`, role: "note" },
    icon(LEVELS[level] ?? "info"),
    h("div", null, text(block.text)),
  );
}

function card(block, context_) {
  return h(
    "div",
    { class: "card" },
    block.hero_image ? h("div", { class: "card-hero" }, image(block.hero_image)) : null,
    h(
      "div",
      { class: "card-head" },
      block.icon ? image(block.icon) : null,
      h(
        "div",
        null,
        block.title ? h("b", null, label(block.title)) : null,
        block.subtitle ? h("small", null, label(block.subtitle)) : null,
      ),
    ),
    block.body ? h("div", null, text(block.body)) : null,
    block.actions
      ? h(
          "div",
          { class: "card-actions" },
          block.actions.map((one) => element(one, context_)),
        )
      : null,
  );
}

function carousel(block, context_) {
  return h(
    "div",
    { class: "carousel", role: "list", tabindex: "0" },
    (block.elements ?? []).map((one) =>
      h("div", { role: "listitem" }, card(one, { ...context_, block: one.block_id ?? context_.block })),
    ),
  );
}

function container(block, context_) {
  const head = [
    block.icon ? image(block.icon) : null,
    h("b", null, block.rich_text_title ? richText(block.rich_text_title) : label(block.title)),
    block.subtitle ? h("small", null, label(block.subtitle)) : null,
  ];
  const body = h("div", { class: "container-body" }, blocks(block.child_blocks, context_));
  if (!block.is_collapsible)
    return h("div", { class: "container" }, h("div", { class: "container-head" }, head), body);
  return h(
    "details",
    { class: "container", open: !block.default_collapsed },
    h("summary", { class: "container-head" }, head),
    body,
  );
}

function call(block) {
  return h(
    "div",
    { class: "file-card" },
    icon("info", 24),
    h("div", null, h("b", null, "Call"), h("small", null, block.call_id)),
  );
}

// A block that this page does not know is named, so that nothing disappears silently.
function unknown(block) {
  return h("span", { class: "unknown" }, `[${block.type}]`);
}
