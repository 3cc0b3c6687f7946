// The beginning of a conversation: what it is for, and what one may ask: the app's suggested prompts, or examples.

import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { fill, placeOf } from "./drafts.js";
import { icon } from "./icons.js";
import { send } from "./send.js";
import { isDirect, nameOf, state } from "./state.js";

const EXAMPLES = [
  ["estimate pi with 100 tasks", "A Monte Carlo estimate, spread over the cluster"],
  ["count words in 50 generated documents", "Map and reduce on made-up text"],
  ["find the primes below 100,000", "Parallel tasks over ranges of numbers"],
  ["add 1 and 2", "The smallest program there is"],
];

export function welcome(channel, empty) {
  return h(
    "section",
    { class: "welcome", key: "welcome" },
    isDirect(channel) ? direct() : room(channel),
    empty ? (isDirect(channel) && state.prompts.length ? suggested(channel) : examples(channel)) : null,
  );
}

function direct() {
  return [
    h("div", { class: "welcome-face" }, avatar(state.botUser, 56)),
    h("h2", null, nameOf(state.botUser)),
    h("p", null, "Your direct messages with raygen. Describe what to compute. No command needed."),
  ];
}

function room(channel) {
  const known = state.channels.get(channel);
  return [
    h("div", { class: "welcome-face welcome-hash" }, icon("hash", 30)),
    h("h2", null, `#${known?.name ?? channel}`),
    h("p", null, `This is the beginning of the channel. ${known?.purpose?.value ?? ""}`),
  ];
}

function suggested(channel) {
  return h(
    "div",
    { class: "examples" },
    h("h3", null, "Suggested prompts"),
    state.prompts.map((one) => suggestion(one, channel)),
  );
}

// As in Slack, one press sends it.
export function suggestion(one, channel, thread = "") {
  return h(
    "button",
    {
      type: "button",
      class: "example",
      key: one.title,
      onclick: () => send(placeOf(channel, thread), channel, thread, one.message),
    },
    h("b", null, one.title),
    h("span", null, one.message),
  );
}

function examples(channel) {
  const command = state.commands[0]?.command;
  const lead = isDirect(channel) || !command ? "" : `${command} `;
  return h(
    "div",
    { class: "examples" },
    h("h3", null, "Try one of these"),
    h(
      "p",
      null,
      "raygen writes the program, validates it in a sealed Ray cluster, and runs it after someone approves.",
    ),
    EXAMPLES.map(([prompt, about]) =>
      h(
        "button",
        { type: "button", class: "example", onclick: () => fill(channel, lead + prompt) },
        h("code", null, lead + prompt),
        h("span", null, about),
      ),
    ),
  );
}
