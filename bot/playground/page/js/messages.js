// The conversation in the middle: days, messages, and what a newcomer sees when there are none.

import { composer } from "./composer.js";
import { h } from "./dom.js";
import { dayKey, dayName } from "./format.js";
import { message } from "./message.js";
import { endList } from "./scroll.js";
import { channelLabel, state, timeline } from "./state.js";
import { welcome } from "./welcome.js";

const TOGETHER = 300;

export function conversation(channel) {
  const all = timeline(channel);
  const list = rows(all, { channel, inThread: false });
  const labelled = {
    role: "log",
    "aria-label": `Messages in ${channelLabel(channel)}`,
    "aria-live": "polite",
  };
  return [
    endList(`list ${state.me} ${channel}`, labelled, welcome(channel, all.length === 0), list),
    composer(channel),
  ];
}

// Messages with a line where a day begins; those of one author in a row are drawn together.
export function rows(all, place) {
  return all.flatMap((one, index) => {
    const above = all[index - 1];
    const newDay = !above || dayKey(above.ts) !== dayKey(one.ts);
    const compact = !newDay && goesOn(above, one);
    const row = message(one, { ...place, compact });
    return newDay && !place.inThread ? [...day(one.ts), row] : [row];
  });
}

function goesOn(above, one) {
  const near = Number.parseFloat(one.ts) - Number.parseFloat(above.ts) < TOGETHER;
  const same = above.user === one.user && above.username === one.username;
  // A card keeps its own head: beneath another one it would read as its end.
  return (
    near &&
    same &&
    !one.blocks?.length &&
    !above.is_ephemeral &&
    !one.is_ephemeral &&
    !above.reply_count &&
    above.subtype !== "tombstone"
  );
}

// The line stays where the day begins; the name goes along with the reader.
function day(ts) {
  const name = dayName(ts);
  return [
    h("div", { class: "day-line", key: `line ${dayKey(ts)}`, "aria-hidden": "true" }),
    h(
      "div",
      { class: "day", key: `day ${dayKey(ts)}`, role: "separator", "aria-label": name },
      h("span", null, name),
    ),
  ];
}
