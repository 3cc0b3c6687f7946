// A small virtual DOM: `h` describes, `render` patches keyed nodes in place, so focus, scrolling and typed text survive.
// Everything that is text becomes a text node; there is no way to pass HTML.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "selected", "indeterminate", "muted"]);

export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, key: props?.key, children: normal(children) };
}

// Built again only when one of `deps` changed; must give exactly one element.
export function memo(key, deps, build) {
  return { memo: true, key, deps, build };
}

// Each child gets a name among its siblings: its key, or its place in the call, so that what comes and goes shifts nobody.
function normal(children, out = [], path = "#", names = new Set()) {
  children.forEach((child, index) => {
    if (child === null || child === undefined || typeof child === "boolean" || child === "") return;
    const place = `${path}${index}`;
    if (Array.isArray(child)) {
      normal(child, out, `${place}.`, names);
      return;
    }
    const node = typeof child === "object" ? child : { text: String(child) };
    node.name = node.key === undefined || names.has(node.key) ? place : node.key;
    names.add(node.name);
    out.push(node);
  });
  return out;
}

export function render(root, children) {
  const mounts = [];
  const now = normal([children]);
  patchChildren(root, root._rendered ?? [], now, mounts);
  root._rendered = now;
  for (const [mounted, element] of mounts) element._unmount = mounted(element);
}

function create(node, mounts, inSvg) {
  if (node.memo) {
    node.made = node.build();
    return (node.el = create(node.made, mounts, inSvg));
  }
  if (node.text !== undefined) return (node.el = document.createTextNode(node.text));
  const svg = inSvg || node.tag === "svg";
  const el = svg ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
  node.el = el;
  for (const child of node.children) el.append(create(child, mounts, svg));
  for (const [name, value] of Object.entries(node.props)) setProp(el, name, value, undefined);
  if (node.props.mounted) mounts.push([node.props.mounted, el]);
  return el;
}

function patch(old, now, mounts) {
  if (now.memo) return patchMemo(old, now, mounts);
  now.el = old.el;
  if (now.text !== undefined) {
    if (now.text !== old.text) now.el.data = now.text;
    return;
  }
  patchChildren(now.el, old.children, now.children, mounts);
  for (const name of Object.keys(old.props)) {
    if (!(name in now.props)) setProp(now.el, name, undefined, old.props[name]);
  }
  for (const [name, value] of Object.entries(now.props)) setProp(now.el, name, value, old.props[name]);
}

function patchMemo(old, now, mounts) {
  if (
    old.deps.length === now.deps.length &&
    old.deps.every((dep, index) => Object.is(dep, now.deps[index]))
  ) {
    now.made = old.made;
    now.el = old.el;
    return;
  }
  now.made = now.build();
  if (same(old.made, now.made)) {
    patch(old.made, now.made, mounts);
    now.el = now.made.el;
  } else {
    now.el = create(now.made, mounts, false);
    drop(old.made, now.el);
  }
}

function same(old, now) {
  return (
    old.memo === now.memo &&
    old.tag === now.tag &&
    old.key === now.key &&
    (old.text === undefined) === (now.text === undefined)
  );
}

function patchChildren(parent, olds, nows, mounts) {
  const pool = new Map();
  for (const old of olds) pool.set(old.name, old);
  const pairs = nows.map((now) => {
    const old = pool.get(now.name);
    if (!old || !same(old, now)) return null;
    pool.delete(now.name);
    return old;
  });
  // What goes, goes first: then nothing that stays has to move, and nothing loses focus or scroll position.
  for (const gone of pool.values()) drop(gone);
  const svg = parent.namespaceURI === SVG;
  let cursor = parent.firstChild;
  nows.forEach((now, index) => {
    if (pairs[index]) patch(pairs[index], now, mounts);
    else create(now, mounts, svg);
    if (now.el === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(now.el, cursor);
  });
}

function drop(node, replacement) {
  unmount(node);
  if (replacement) node.el.replaceWith(replacement);
  else node.el.remove();
}

function unmount(node) {
  if (node.memo) return unmount(node.made);
  if (node.el._unmount) node.el._unmount();
  node.children?.forEach(unmount);
}

function setProp(el, name, value, old) {
  if (name === "key" || name === "mounted" || Object.is(value, old)) return;
  if (name.startsWith("on")) el[name] = value ?? null;
  else if (name === "style") setStyle(el, value ?? {}, old ?? {});
  else if (PROPERTIES.has(name) && name in el) el[name] = value ?? (name === "value" ? "" : false);
  else if (value === undefined || value === null || value === false) el.removeAttribute(name);
  else el.setAttribute(name, value === true ? "" : String(value));
}

function setStyle(el, style, old) {
  for (const name of Object.keys(old)) if (!(name in style)) el.style.removeProperty(name);
  for (const [name, value] of Object.entries(style)) el.style.setProperty(name, value);
}
