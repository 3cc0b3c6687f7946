// Plans and task cards: what an assistant is doing, step by step.

import { h } from "./dom.js";
import { characters } from "./emoji.js";
import { icon, spinner } from "./icons.js";
import { link } from "./inline.js";
import { richText } from "./rich_text.js";
import { words } from "./text.js";

const STATES = {
  pending: ["Waiting", () => icon("circle", 16)],
  in_progress: ["In progress", () => spinner(16)],
  complete: ["Done", () => icon("check", 16)],
  error: ["Failed", () => icon("close", 16)],
};

export function plan(block) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return h(
    "details",
    { class: "plan", open: true },
    h(
      "summary",
      null,
      h("b", null, words(block.title) || "Plan"),
      h("small", null, `${done} of ${tasks.length} done`),
    ),
    h(
      "div",
      { class: "plan-tasks" },
      tasks.map((task) => h("div", { key: task.task_id }, taskCard(task))),
    ),
  );
}

export function taskCard(task) {
  const [name, mark] = STATES[task.status] ?? STATES.pending;
  const more = task.details || task.output || task.sources?.length;
  const head = [
    h(
      "span",
      { class: `task-mark task-${task.status ?? "pending"}`, role: "img", "aria-label": name, title: name },
      mark(),
    ),
    h("span", { class: "task-title" }, characters(words(task.title))),
  ];
  if (!more) return h("div", { class: "task" }, h("div", { class: "task-head" }, head));
  return h(
    "details",
    { class: "task", open: task.status === "in_progress" || task.status === "error" },
    h("summary", { class: "task-head" }, head, icon("down", 16)),
    h(
      "div",
      { class: "task-body" },
      task.details ? h("div", { class: "task-details" }, richText(task.details)) : null,
      task.output ? h("div", { class: "task-output" }, richText(task.output)) : null,
      task.sources?.length
        ? h(
            "div",
            { class: "task-sources" },
            task.sources.map((source) => link(source.url, source.text)),
          )
        : null,
    ),
  );
}
