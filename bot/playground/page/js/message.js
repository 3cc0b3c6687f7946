// One message: avatar, name, time, body, files, reactions and the summary of its thread.

import { attachment } from "./attachment.js";
import { avatar } from "./avatar.js";
import { blocks } from "./blocks.js";
import { h, memo } from "./dom.js";
import { editor } from "./editor.js";
import { ago, clean, clock, count, exact } from "./format.js";
import { icon, spinner } from "./icons.js";
import { file } from "./media.js";
import { toolbar } from "./message_tools.js";
import { mrkdwn } from "./mrkdwn.js";
import { reactions } from "./reactions.js";
import { isBot, isReply, nameOf, state, whisper, changed } from "./state.js";
import { statusLine } from "./status.js";

// `place` is {channel, inThread, compact}: where it is shown and whether it goes on from the message above.
export function message(one, place) {
  const key = `${one.is_ephemeral ? "e" : "m"}${one.ts}`;
  const editing = state.editing === `${place.channel}/${one.ts}`;
  const thread = state.threads.get(`${place.channel}/${one.ts}`);
  const minute = place.inThread || one.reply_count ? state.minute : 0;
  const deps = [one, place.compact, place.inThread, state.me, state.users, editing, thread, minute];
  return memo(key, deps, () => row(one, place, editing));
}

function row(one, place, editing) {
  const name = one.username || nameOf(one.user);
  const kind = [
    "message",
    place.compact ? "compact" : "",
    one.is_ephemeral ? "whisper" : "",
    one.subtype === "tombstone" ? "tombstone" : "",
  ]
    .filter(Boolean)
    .join(" ");
  return h(
    "article",
    { class: kind, "data-ts": one.ts, "aria-label": `${name}, ${exact(one.ts)}`, tabindex: "-1" },
    h("div", { class: "message-side" }, place.compact ? time(one, "message-hover-time") : avatar(one.user)),
    h(
      "div",
      { class: "message-main" },
      one.is_ephemeral ? onlyYou(one, place) : null,
      place.compact ? null : head(one, name, place),
      editing ? editor(one, place) : body(one, place),
      reactions(one, place),
      place.inThread || isReply(one) ? null : summary(one, place),
    ),
    one.is_ephemeral || one.subtype === "tombstone" ? null : toolbar(one, place),
  );
}

function head(one, name, place) {
  return h(
    "div",
    { class: "message-head" },
    h("b", { class: "message-name" }, name),
    isBot(one.user) || one.bot_id ? h("span", { class: "badge" }, "APP") : null,
    time(one, "message-time", place.inThread ? ago(one.ts) : clock(one.ts)),
  );
}

function time(one, name, shown = clock(one.ts)) {
  const at = new Date(Number.parseFloat(one.ts) * 1000).toISOString();
  return h("time", { class: name, datetime: at, title: exact(one.ts) }, shown);
}

function onlyYou(one, place) {
  const dismiss = () => {
    whisper(place.channel, one, true);
    changed();
  };
  return h(
    "div",
    { class: "only-you" },
    icon("eye", 14),
    "Only visible to you",
    h("button", { type: "button", class: "link-button", onclick: dismiss }, "Dismiss"),
  );
}

function body(one, place) {
  const context = { channel: place.channel, ts: one.ts };
  const text = clean(one.text);
  const edited =
    one.edited && !one.blocks?.length
      ? h("span", { class: "edited", title: `Edited ${exact(one.edited.ts)}` }, "(edited)")
      : null;
  return h(
    "div",
    { class: "message-body" },
    one.subtype === "tombstone"
      ? h("i", null, text)
      : one.blocks?.length
        ? blocks(one.blocks, context)
        : mrkdwn(text),
    edited,
    one.streaming_state === "in_progress"
      ? h("span", { class: "streaming" }, spinner(14), h("span", { class: "sr" }, "Still writing"))
      : null,
    one.streaming_state === "errored" ? h("small", { class: "note" }, "This answer was cut off.") : null,
    (one.attachments ?? []).map((each) => attachment(each, context)),
    one.files?.length ? h("div", { class: "files" }, one.files.map(file)) : null,
  );
}

function summary(one, place) {
  const working = statusLine(place.channel, one.ts);
  if (!one.reply_count) return working;
  const open = state.route.thread === one.ts;
  return h(
    "div",
    { class: "thread-summary-row" },
    h(
      "a",
      {
        class: "thread-summary",
        href: `#${place.channel}/${one.ts}`,
        "aria-current": open ? "true" : undefined,
      },
      h(
        "span",
        { class: "thread-faces" },
        (one.reply_users ?? []).slice(0, 4).map((user) => avatar(user, 22)),
      ),
      h("b", null, count(one.reply_count, "reply").replace("replys", "replies")),
      h(
        "span",
        { class: "thread-last", title: one.latest_reply ? exact(one.latest_reply) : undefined },
        one.latest_reply ? `Last reply ${ago(one.latest_reply)}` : "",
      ),
      h("span", { class: "thread-view" }, "View thread"),
    ),
    working,
  );
}
