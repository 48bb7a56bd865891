// Elements from values. Text enters the page as text only: names and notes come from whoever made the atlas.

/// `children` are elements, texts, or arrays of these; null and false are left out.
export function element(name, attributes = {}, ...children) {
  const out = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") out.className = value;
    else if (key === "style") Object.assign(out.style, value);
    else if (key.startsWith("on")) out.addEventListener(key.slice(2), value);
    else out.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    out.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return out;
}

/// Puts these in the place of what an element had.
export function fill(parent, ...children) {
  const kept = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  parent.replaceChildren(...kept);
}

/// A link where the address is one of the web; else its text.
export function link(text, url) {
  return /^https?:\/\//i.test(url ?? "") ? element("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : text;
}

export const byId = (id) => document.getElementById(id);
