// The thread on the right: its first message, the replies, what the assistant is doing, and a composer.

import { composer } from "./composer.js";
import { h } from "./dom.js";
import { count } from "./format.js";
import { icon } from "./icons.js";
import { message } from "./message.js";
import { rows } from "./messages.js";
import { goTo } from "./router.js";
import { endList } from "./scroll.js";
import { channelLabel, find, isDirect, replies, state } from "./state.js";
import { statusLine } from "./status.js";
import { suggestion } from "./welcome.js";

export function thread(channel, ts) {
  const root = find(channel, ts);
  const answers = replies(channel, ts);
  const place = { channel, inThread: true };
  const known = state.threads.get(`${channel}/${ts}`);
  return h(
    "aside",
    {
      class: "thread",
      key: `thread ${channel} ${ts}`,
      "aria-label": "Thread",
      onkeydown: closeOnEscape(channel),
    },
    h(
      "header",
      { class: "bar" },
      h(
        "button",
        { type: "button", class: "tool only-phone", "aria-label": "Back", onclick: () => goTo(channel) },
        icon("back"),
      ),
      h(
        "div",
        { class: "bar-title" },
        h("h2", null, "Thread"),
        h(
          "span",
          { class: "bar-sub" },
          known?.title || `${isDirect(channel) ? "" : "#"}${channelLabel(channel)}`,
        ),
      ),
      h(
        "button",
        {
          type: "button",
          class: "tool not-phone",
          "aria-label": "Close the thread",
          title: "Close",
          onclick: () => close(channel),
        },
        icon("close"),
      ),
    ),
    endList(
      `replies ${state.me} ${channel} ${ts}`,
      { role: "log", "aria-label": "Thread", "aria-live": "polite" },
      root
        ? message(root, { ...place, compact: false })
        : h("p", { class: "missing", key: "missing" }, "This message is no longer here."),
      answers.length
        ? h(
            "div",
            { class: "reply-count", key: "count" },
            h("span", null, count(answers.length, "reply").replace("replys", "replies")),
          )
        : null,
      rows(answers, place),
      prompts(channel, ts, known),
      statusLine(channel, ts),
    ),
    composer(channel, ts),
  );
}

const closeOnEscape = (channel) => (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !event.target.value) close(channel);
};

function close(channel) {
  goTo(channel);
  document.querySelector(".main .composer textarea")?.focus();
}

function prompts(channel, ts, known) {
  if (!known?.prompts?.length) return null;
  return h(
    "div",
    { class: "prompts", key: "prompts" },
    known.prompts_title ? h("small", null, known.prompts_title) : null,
    known.prompts.map((one) => suggestion(one, channel, ts)),
  );
}
