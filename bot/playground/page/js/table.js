// The table block: a header row, aligned columns, cells that wrap or do not.

import { h } from "./dom.js";
import { characters } from "./emoji.js";
import { clean } from "./format.js";
import { richText } from "./rich_text.js";

export function table(block) {
  const [head = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const shape = (column) => {
    const align = settings[column]?.align ?? (numeric[column] ? "right" : "left");
    return `align-${align}${settings[column]?.is_wrapped ? " wrapped" : ""}`;
  };
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          head.map((one, column) => h("th", { scope: "col", class: shape(column) }, cell(one))),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row) =>
          h(
            "tr",
            null,
            row.map((one, column) => h("td", { class: shape(column) }, cell(one))),
          ),
        ),
      ),
    ),
  );
}

function cell(one) {
  if (one?.type === "rich_text") return richText(one);
  return characters(clean(one?.text ?? one?.value ?? ""));
}

function isNumber(one) {
  if (one?.type === "raw_number") return true;
  return one?.type === "raw_text" && /^[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?\s*%?$/.test(one.text?.trim() ?? "");
}
