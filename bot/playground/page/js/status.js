// "raygen is thinking…": what an assistant says it is doing in a thread.

import { h } from "./dom.js";
import { clean } from "./format.js";
import { nameOf, state } from "./state.js";

export function statusLine(channel, thread) {
  const status = state.threads.get(`${channel}/${thread}`);
  if (!status?.status) return null;
  const shown = status.loading_messages?.[0] ?? `${nameOf(state.botUser)} ${status.status}`;
  return h(
    "div",
    { class: "status-line", role: "status", key: "status" },
    h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
    h("span", null, clean(shown)),
  );
}
