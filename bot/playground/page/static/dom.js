// How does text become elements? Only as text nodes: nothing in this page parses HTML from messages.

/** An element with attributes (`onclick` and the like are listeners) and children (strings or nodes). */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** `url` when a person may be sent there, else null: `javascript:` and friends stay text. */
export function safeHref(url) {
  try {
    const parsed = new URL(url, location.origin);
    return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** A link that opens beside the page, or plain text when the address is not one to follow. */
export function link(url, ...label) {
  const href = safeHref(url);
  const shown = label.length ? label : [url];
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...shown) : el("span", {}, ...shown);
}

export function byId(id) {
  return document.getElementById(id);
}

/** The first letters of a name, for an avatar. */
export function initials(name) {
  return name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => word[0].toUpperCase()).join("") || "?";
}

/** A person's square with their letters in their colour; Pong's is a ball. */
export function avatar(person, size = "") {
  const node = el("span", { class: `avatar ${size}`, "aria-hidden": "true" });
  if (person.is_bot) node.classList.add("bot");
  else node.textContent = initials(person.real_name || person.name || "?");
  const color = /^#?[0-9a-f]{6}$/i.test(person.color ?? "") ? `#${person.color.replace("#", "")}` : null;
  if (color && !person.is_bot) node.style.background = color;
  return node;
}

/** Let Escape in `node` do `does`. A handler that returned false would swallow every other key. */
export function onEscape(node, does) {
  node.onkeydown = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) does();
  };
}

/** A <details> as a menu: Escape and leaving it close it. */
export function menuLike(menu) {
  if (menu.isMenu) return menu;
  menu.isMenu = true;
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.preventDefault();
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  return menu;
}
