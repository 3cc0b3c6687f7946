// "raygen is thinking…": what an assistant says it is doing in a thread.

import { busy } from "./act.js";
import { post } from "./api.js";
import { h } from "./dom.js";
import { clean } from "./format.js";
import { nameOf, state } from "./state.js";

export function statusLine(channel, thread) {
  const status = state.threads.get(`${channel}/${thread}`);
  const processing = status?.session_status === "processing";
  if (!status?.status && !processing) return null;
  const doing = status.status || "is working";
  const shown = status.loading_messages?.[0] ?? `${nameOf(state.botUser)} ${doing}`;
  return h(
    "div",
    { class: "status-line", role: "status", key: "status" },
    h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
    h("span", null, clean(shown)),
    processing
      ? h(
          "button",
          {
            class: "button button-small",
            type: "button",
            "data-action": "stop_session",
            onclick: (event) => busy(event.currentTarget, () => stop(channel, thread)),
          },
          "Stop",
        )
      : null,
  );
}

function stop(channel, thread) {
  return post("/play/stop", { user: state.me, channel, thread_ts: thread });
}
