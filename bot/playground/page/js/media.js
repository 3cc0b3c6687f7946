// Pictures, videos and files.

import { codeBlock } from "./code.js";
import { h } from "./dom.js";
import { bytes } from "./format.js";
import { icon } from "./icons.js";
import { link } from "./inline.js";
import { text, words } from "./text.js";

// A file's bytes, without the token that the bot's own URLs need.
function address(source) {
  const identity = source?.id ?? /\/files-pri\/T[^/-]*-(F[A-Z0-9]+)/.exec(source?.url ?? source ?? "")?.[1];
  return identity ? `/play/file/${identity}` : (source?.url ?? source);
}

const sourceOf = (holder) => address(holder.slack_file ?? holder.image_url);

export function image(one) {
  return h("img", { class: "small-image", src: sourceOf(one), alt: one.alt_text ?? "", loading: "lazy" });
}

export function imageBlock(block) {
  return picture({ source: sourceOf(block), alt: block.alt_text, title: block.title && text(block.title) });
}

function picture({ source, alt, title, note, name }) {
  return h(
    "figure",
    { class: "picture" },
    title || note ? h("figcaption", null, title, note ? h("small", null, note) : null) : null,
    h(
      "a",
      {
        href: source,
        target: "_blank",
        rel: "noopener noreferrer",
        "aria-label": `Open ${alt || "the picture"} in full size`,
      },
      h("img", { src: source, alt: alt ?? "", loading: "lazy" }),
    ),
    name
      ? h(
          "a",
          {
            class: "tool picture-save",
            href: source,
            download: name,
            title: "Download",
            "aria-label": `Download ${name}`,
          },
          icon("download"),
        )
      : null,
  );
}

export function videoBlock(block) {
  return h(
    "figure",
    { class: "picture video" },
    h(
      "figcaption",
      null,
      link(block.title_url || block.video_url, words(block.title)),
      h("small", null, [block.author_name, block.provider_name].filter(Boolean).join(" · ")),
    ),
    link(block.video_url, [
      h(
        "span",
        { class: "video-frame" },
        block.thumbnail_url
          ? h("img", { src: block.thumbnail_url, alt: block.alt_text ?? "", loading: "lazy", onerror: hide })
          : null,
        h("span", { class: "video-play" }, icon("play", 30)),
      ),
    ]),
    block.description ? h("div", { class: "text" }, words(block.description)) : null,
  );
}

const hide = (event) => event.currentTarget.remove();

export function fileBlock(block) {
  return h(
    "div",
    { class: "file-card" },
    icon("file", 28),
    h("div", null, h("b", null, "Remote file"), h("small", null, block.external_id)),
  );
}

export function file(one) {
  if (one.mode === "tombstone")
    return h("div", { class: "file-card" }, icon("file", 28), h("i", null, "This file was deleted."));
  const source = address({ id: one.id });
  const facts = [one.pretty_type ?? one.filetype?.toUpperCase(), bytes(one.size)].filter(Boolean).join(" · ");
  const named = { key: one.id };
  if (one.mimetype?.startsWith("image/")) {
    return h(
      "div",
      named,
      picture({ source, alt: one.alt_txt || one.title, title: one.title, note: facts, name: one.name }),
    );
  }
  return h("div", named, card(one, source, facts), one.preview ? preview(one) : null);
}

function card(one, source, facts) {
  return h(
    "div",
    { class: "file-card" },
    icon("file", 28),
    h("div", null, link(source, h("b", null, one.title || one.name)), h("small", null, facts)),
    h(
      "a",
      {
        class: "tool",
        href: source,
        download: one.name,
        title: "Download",
        "aria-label": `Download ${one.name}`,
      },
      icon("download"),
    ),
  );
}

function preview(one) {
  const cut = one.preview.length < one.size && one.preview.length >= 2000;
  const code = codeBlock(one.preview, one.filetype === "python" ? "python" : "text", 10);
  return [
    code,
    cut
      ? h(
          "small",
          { class: "note" },
          `The beginning of ${one.lines?.toLocaleString("en") ?? "many"} lines. Download the file to see all.`,
        )
      : null,
  ];
}
