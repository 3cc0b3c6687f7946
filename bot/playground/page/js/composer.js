// The box in which people write: Enter sends, Shift+Enter breaks the line; commands, people, channels and emoji complete.

import { closeOffers, complete, completion, move, onCaret } from "./complete.js";
import { h } from "./dom.js";
import { draft, placeOf, setDraft } from "./drafts.js";
import { icon, spinner } from "./icons.js";
import { blocked, delayed, send, sendFiles } from "./send.js";
import { globalShortcuts } from "./shortcuts.js";
import { changed, channelLabel, isDirect, state } from "./state.js";
import { toast } from "./toast.js";

const uploading = new Set();

export function composer(channel, thread = "") {
  const place = placeOf(channel, thread);
  const reason = blocked();
  const text = draft(place);
  const offered = completion(place);
  const name = thread ? "Reply" : `Message ${isDirect(channel) ? "" : "#"}${channelLabel(channel)}`;
  const listId = `offers-${thread ? "thread" : "channel"}`;
  return h(
    "form",
    {
      class: "composer",
      key: `composer ${place}`,
      onsubmit: (event) => submit(event, place, channel, thread),
    },
    offered ? offerList(offered, place, listId) : null,
    h(
      "div",
      {
        class: reason ? "composer-box is-blocked" : "composer-box",
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => drop(event, channel, thread),
      },
      h("textarea", {
        rows: 1,
        "data-place": place,
        "aria-label": name,
        placeholder: thread ? "Reply…" : name,
        value: text,
        mounted: autosize,
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": String(Boolean(offered?.items.length)),
        "aria-controls": offered ? listId : undefined,
        "aria-activedescendant": offered?.items.length ? `${listId}-${offered.at}` : undefined,
        oninput: (event) => typed(event.currentTarget, place, thread),
        onkeydown: (event) => pressed(event, place),
        onclick: (event) => onCaret(event.currentTarget, place, thread),
        onpaste: (event) => paste(event, channel, thread),
      }),
      tools(place, channel, thread, Boolean(text.trim()) && !reason),
    ),
    h(
      "p",
      { class: "composer-note", role: "status" },
      reason || delayed() || h("span", { class: "composer-keys" }, h("b", null, "Shift + Enter"), " for a new line"),
    ),
  );
}

function tools(place, channel, thread, ready) {
  const insert = (sign) => (event) => {
    const box = event.currentTarget.closest("form").querySelector("textarea");
    const gap = box.value && !/\s$/.test(box.value) && sign !== "/" ? " " : "";
    box.value = sign === "/" ? `/${box.value.replace(/^\//, "")}` : `${box.value}${gap}${sign}`;
    box.focus();
    typed(box, place, thread);
  };
  return h(
    "div",
    { class: "composer-tools" },
    h(
      "label",
      { class: "tool", title: "Attach files" },
      uploading.has(place) ? spinner(18) : icon("plus"),
      h("input", {
        type: "file",
        multiple: true,
        class: "hidden-input",
        "aria-label": "Attach files",
        onchange: (event) => pick(event, place, channel, thread),
      }),
    ),
    h(
      "button",
      {
        type: "button",
        class: "tool",
        title: "Mention someone",
        "aria-label": "Mention someone",
        onclick: insert("@"),
      },
      icon("at"),
    ),
    h(
      "button",
      { type: "button", class: "tool", title: "Emoji", "aria-label": "Emoji", onclick: insert(":") },
      icon("smile"),
    ),
    thread
      ? null
      : h(
          "button",
          {
            type: "button",
            class: "tool",
            title: "Run a command",
            "aria-label": "Run a command",
            onclick: insert("/"),
          },
          icon("slash"),
        ),
    globalShortcuts(channel),
    h("span", { class: "spring" }),
    h(
      "button",
      {
        type: "submit",
        class: ready ? "send ready" : "send",
        disabled: !ready,
        "aria-label": "Send",
        title: "Send",
      },
      icon("send"),
    ),
  );
}

function offerList({ items, at, hint }, place, id) {
  if (!items.length)
    return hint
      ? h("div", { class: "offers offers-hint" }, h("b", null, hint.command), " ", hint.usage_hint)
      : null;
  return h(
    "div",
    { class: "offers", role: "listbox", id, "aria-label": "Suggestions" },
    items.map((item, index) =>
      h(
        "div",
        {
          role: "option",
          id: `${id}-${index}`,
          key: item.insert,
          class: "offer",
          "aria-selected": String(index === at),
          onmousedown: (event) => {
            event.preventDefault();
            complete(document.querySelector(`textarea[data-place="${CSS.escape(place)}"]`), place, index);
          },
        },
        item.picture?.() ?? null,
        h("span", { class: "offer-name" }, item.name),
        h("span", { class: "offer-more" }, item.more),
      ),
    ),
  );
}

function typed(box, place, thread) {
  setDraft(place, box.value);
  onCaret(box, place, thread);
  changed();
}

function pressed(event, place) {
  const box = event.currentTarget;
  const offered = completion(place);
  if (offered?.items.length && move(event, box, place)) return;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  box.form.requestSubmit();
}

async function submit(event, place, channel, thread) {
  event.preventDefault();
  const box = event.currentTarget.querySelector("textarea");
  const text = box.value;
  if (blocked() && text.trim()) toast(blocked());
  closeOffers(place);
  const sending = send(place, channel, thread, text);
  box.value = draft(place);
  await sending;
  resize(box);
}

const pick = (event, place, channel, thread) => {
  const control = event.currentTarget;
  const files = [...control.files];
  control.value = "";
  return share(files, place, channel, thread);
};

function drop(event, channel, thread) {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  share([...event.dataTransfer.files], placeOf(channel, thread), channel, thread);
}

function paste(event, channel, thread) {
  if (!event.clipboardData?.files.length) return;
  event.preventDefault();
  share([...event.clipboardData.files], placeOf(channel, thread), channel, thread);
}

async function share(files, place, channel, thread) {
  if (!files.length || state.line !== "open") return;
  uploading.add(place);
  changed();
  try {
    await sendFiles(channel, thread, files, draft(place));
    setDraft(place, "");
  } catch (error) {
    toast(error.message, "error");
  }
  uploading.delete(place);
  changed();
}

// Grows with its text. Reading `value` through a watcher covers what is set by code as well.
function autosize(box) {
  const observer = new ResizeObserver(() => resize(box));
  observer.observe(box.parentElement);
  box.addEventListener("input", () => resize(box));
  resize(box);
  return () => observer.disconnect();
}

function resize(box) {
  requestAnimationFrame(() => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 260)}px`;
  });
}
