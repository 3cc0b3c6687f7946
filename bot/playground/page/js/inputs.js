// Block elements that hold a value: text fields, pickers of dates and times, choices. Values live in forms.js.

import { act } from "./act.js";
import { upload } from "./api.js";
import { h } from "./dom.js";
import { fieldOf, initial, recall, remember, valueOf } from "./forms.js";
import { multiSelect, singleSelect } from "./select.js";
import { myDirect, state } from "./state.js";
import { label, words } from "./text.js";
import { toast } from "./toast.js";

const TYPES = {
  plain_text_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  number_input: typed,
  rich_text_input: typed,
  datepicker: picked("date"),
  timepicker: picked("time"),
  datetimepicker: picked("datetime-local"),
  radio_buttons: choices("radio"),
  checkboxes: choices("checkbox"),
  file_input: files,
  static_select: singleSelect,
  external_select: singleSelect,
  users_select: singleSelect,
  channels_select: singleSelect,
  conversations_select: singleSelect,
  multi_static_select: multiSelect,
  multi_external_select: multiSelect,
  multi_users_select: multiSelect,
  multi_channels_select: multiSelect,
  multi_conversations_select: multiSelect,
};

export const isInput = (element) => element.type in TYPES;

// `context.label` is the id of what labels the field; `context.quiet` says that a change is not told to the bot.
export function input(element, context) {
  const current = (recall(context, context.block, element.action_id) ?? initial(element))[fieldOf(element)];
  const keep = (value) => remember(context, context.block, element.action_id, valueOf(element, value));
  const tell = (value, control) => {
    keep(value);
    if (!context.quiet) act(element, context, { [fieldOf(element)]: value }, control);
  };
  const field = {
    id: context.label ? `${context.label}-field` : undefined,
    "data-action": element.action_id,
    "aria-labelledby": context.label,
    "aria-label": context.label ? undefined : words(element.placeholder) || element.action_id,
    "aria-describedby": context.described,
    "aria-invalid": context.invalid ? "true" : undefined,
    autofocus: element.focus_on_load,
  };
  return TYPES[element.type](element, { context, current, keep, tell, field });
}

const KEYBOARDS = { email_text_input: "email", url_text_input: "url", number_input: "text" };

function typed(element, { context, current, keep, tell, field }) {
  const lined = element.multiline || element.type === "rich_text_input";
  const read = (control) => (element.type === "rich_text_input" ? richValue(control.value) : control.value);
  const isCode = lined && /\b(import|def|print)\b/.test(element.initial_value ?? "");
  return h(lined ? "textarea" : "input", {
    ...field,
    class: isCode ? "field field-code" : "field",
    type: lined ? undefined : (KEYBOARDS[element.type] ?? "text"),
    inputmode: element.type === "number_input" ? "decimal" : undefined,
    rows: lined ? Math.min(24, Math.max(4, String(current ?? "").split("\n").length + 1)) : undefined,
    spellcheck: isCode ? "false" : undefined,
    placeholder: words(element.placeholder) || undefined,
    minlength: element.min_length,
    maxlength: element.max_length,
    value: typeof current === "object" ? plainOf(current) : (current ?? ""),
    oninput: (event) => keep(read(event.currentTarget)),
    onkeydown: (event) => {
      const wanted = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
      if (event.key !== "Enter" || lined || !context.dispatch || !wanted.includes("on_enter_pressed")) return;
      event.preventDefault();
      tell(read(event.currentTarget), event.currentTarget);
    },
  });
}

function richValue(text) {
  const section = { type: "rich_text_section", elements: [{ type: "text", text }] };
  return { type: "rich_text", elements: [section] };
}

const plainOf = (rich) =>
  (rich?.elements ?? [])
    .map((part) => (part.elements ?? []).map((one) => one.text ?? "").join(""))
    .join("\n");

function picked(type) {
  const toField = (value) => {
    if (type !== "datetime-local" || !value) return value ?? "";
    const local = new Date(value * 1000 - new Date().getTimezoneOffset() * 60000);
    return local.toISOString().slice(0, 16);
  };
  const toValue = (text) => {
    if (!text) return null;
    return type === "datetime-local" ? Math.floor(new Date(text).getTime() / 1000) : text;
  };
  return (element, { current, tell, field }) =>
    h("input", {
      ...field,
      type,
      class: "field field-short",
      value: toField(current),
      onchange: (event) => tell(toValue(event.currentTarget.value), event.currentTarget),
    });
}

let groups = 0;

function choices(type) {
  return (element, { current, tell, field }) => {
    const name = `choice-${(groups += 1)}`;
    const many = type === "checkbox";
    const chosen = new Set(
      (many ? (current ?? []) : [current]).filter(Boolean).map((option) => option.value),
    );
    const change = (event) => {
      const box = event.currentTarget.closest("[role]");
      const marked = new Set([...box.querySelectorAll("input:checked")].map((one) => one.value));
      const options = element.options.filter((option) => marked.has(option.value));
      tell(many ? options : (options[0] ?? null), event.currentTarget);
    };
    return h(
      "div",
      { ...field, class: "choices", role: many ? "group" : "radiogroup", autofocus: undefined },
      (element.options ?? []).map((option) =>
        h(
          "label",
          { class: "choice", key: option.value },
          h("input", {
            type,
            name,
            value: option.value,
            checked: chosen.has(option.value),
            onchange: change,
          }),
          h(
            "span",
            null,
            label(option.text),
            option.description ? h("small", null, label(option.description)) : null,
          ),
        ),
      ),
    );
  };
}

function files(element, { keep, field }) {
  return h("input", {
    ...field,
    type: "file",
    class: "field",
    multiple: (element.max_files ?? 10) > 1,
    accept: element.filetypes?.map((type) => `.${type}`).join(","),
    onchange: (event) => attach(event.currentTarget.files, keep),
    // The same file chosen once more, which may have been edited, is told as a cancelled choice; the form stays open.
    oncancel: (event) => {
      event.stopPropagation();
      if (event.currentTarget.files.length) attach(event.currentTarget.files, keep);
    },
  });
}

// Uploads that a form has begun; it is sent once they are there.
const uploads = new Set();
export const uploaded = () => Promise.all(uploads);

function attach(chosen, keep) {
  const work = hold(chosen, keep).finally(() => uploads.delete(work));
  uploads.add(work);
}

// Uploaded at once, but not shared: the form holds them until it is submitted.
async function hold(chosen, keep) {
  const form = new FormData();
  form.set("user", state.me);
  form.set("channel", myDirect().id);
  form.set("hold", "yes");
  for (const file of chosen) form.append("file", file, file.name);
  try {
    keep(chosen.length ? (await upload(form)).files : []);
  } catch (error) {
    toast(error.message, "error");
  }
}
