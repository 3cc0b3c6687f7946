// Completion in the composer: what is offered for the word before the cursor, and what choosing does.

import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { setDraft } from "./drafts.js";
import { emoji, suggest } from "./emoji.js";
import { icon } from "./icons.js";
import { changed, state } from "./state.js";

// place -> {items, at, from, hint}
const open = new Map();

export const completion = (place) => open.get(place);

export const closeOffers = (place) => open.delete(place);

export function onCaret(box, place, thread) {
  const before = box.value.slice(0, box.selectionStart);
  const offered = thread && before.startsWith("/") ? null : offers(before, box.value);
  if (offered) open.set(place, { ...offered, at: 0 });
  else open.delete(place);
  changed();
}

function offers(before, whole) {
  const command = /^\/\S*$/.exec(before);
  if (command) return { from: 0, items: commands(command[0]) };
  const running = state.commands.find((one) => before === `${one.command} ` && whole === before);
  if (running) return { from: 0, items: [], hint: running };
  const word = /(?:^|[\s(])([@#:])([\w.+-]*)$/.exec(before);
  if (!word) return null;
  const [, sign, text] = word;
  const items = KINDS[sign](text.toLowerCase());
  return items.length ? { from: before.length - text.length - 1, items } : null;
}

const KINDS = {
  "@": (text) =>
    [...state.users.values()]
      .filter(
        (user) =>
          user.name !== "slackbot" &&
          user.id !== state.me &&
          `${user.name} ${user.real_name}`.toLowerCase().includes(text),
      )
      .map((user) => ({
        name: user.real_name,
        more: `@${user.name}`,
        insert: `@${user.name} `,
        picture: () => avatar(user.id, 20),
      })),
  "#": (text) =>
    [...state.channels.values()]
      .filter((channel) => !channel.is_im && channel.name.startsWith(text))
      .map((channel) => ({
        name: `#${channel.name}`,
        more: channel.purpose?.value ?? "",
        insert: `#${channel.name} `,
        picture: () => icon("hash", 18),
      })),
  ":": (text) =>
    (text.length < 1 ? ["+1", "white_check_mark", "eyes", "tada", "rocket", "heart"] : suggest(text)).map(
      (name) => ({
        name: `:${name}:`,
        more: "",
        insert: `:${name}: `,
        picture: () => h("span", { class: "offer-emoji" }, emoji(name)),
      }),
    ),
};

function commands(text) {
  return state.commands
    .filter((one) => one.command.startsWith(text))
    .map((one) => ({
      name: `${one.command} ${one.usage_hint ? `[${one.usage_hint}]` : ""}`,
      more: one.description,
      insert: `${one.command} `,
      picture: () => avatar(state.botUser, 20),
    }));
}

// Handles the keys of an open list; true when the key was meant for it.
export function move(event, box, place) {
  const list = open.get(place);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const typedOut = list.items[list.at].insert.trim() === box.value.slice(list.from, box.selectionStart);
  if (step) list.at = (list.at + step + list.items.length) % list.items.length;
  else if (event.key === "Escape") open.delete(place);
  else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !typedOut))
    complete(box, place, list.at);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  changed();
  return true;
}

export function complete(box, place, index) {
  const list = open.get(place);
  const after = box.value.slice(box.selectionStart).replace(/^ /, "");
  const head = box.value.slice(0, list.from) + list.items[index].insert;
  box.value = head + after;
  box.setSelectionRange(head.length, head.length);
  box.focus();
  setDraft(place, box.value);
  onCaret(box, place, "");
}
