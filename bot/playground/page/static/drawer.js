// What do Pong and Slack say to each other? For developers: each call and each event, as it goes over the wire.
import { byId, el, onEscape } from "./dom.js";
import { traffic } from "./api.js";

const KEPT = 300;
const NEAR_THE_END_PX = 60;

/** The drawer at the bottom; it listens only while it is open. */
export function runDrawer() {
  const drawer = byId("drawer");
  const opener = byId("drawer-open");
  const list = byId("drawer-list");
  const filter = byId("drawer-filter");
  let stream = null;
  const close = () => {
    stream?.close();
    stream = null;
    drawer.hidden = true;
    document.body.classList.remove("with-drawer");
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  };
  const open = () => {
    drawer.hidden = false;
    document.body.classList.add("with-drawer");
    opener.setAttribute("aria-expanded", "true");
    filter.focus();
    list.replaceChildren();
    stream = traffic();
    stream.onopen = () => list.replaceChildren(); // a new connection tells again what is remembered
    stream.onmessage = (event) => add(list, JSON.parse(event.data), filter.value);
  };
  opener.onclick = () => (drawer.hidden ? open() : close());
  byId("drawer-close").onclick = close;
  onEscape(drawer, close);
  filter.oninput = () => [...list.children].forEach((node) => (node.hidden = !fits(node, filter.value)));
}

const fits = (node, wanted) => node.dataset.words.includes(wanted.trim().toLowerCase());

function add(list, entry, wanted) {
  const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END_PX;
  const node = drawn(entry);
  node.hidden = !fits(node, wanted);
  list.append(node);
  while (list.children.length > KEPT) list.firstChild.remove();
  if (wasAtEnd) list.scrollTop = list.scrollHeight;
}

function drawn(entry) {
  const isFine = entry.status === null || (entry.status >= 200 && entry.status < 300);
  const status = entry.status === 0 ? "no answer" : (entry.status ?? "");
  const at = new Date(entry.at_ms);
  const refused = entry.answer?.ok === false ? entry.answer.error : "";
  const summary = el(
    "summary",
    {},
    el("time", { datetime: at.toISOString() }, seconds(at)),
    el("span", { class: `way ${entry.from}` }, entry.from === "pong" ? "Pong → Slack" : "Slack → Pong"),
    el("code", {}, entry.what),
    el("span", { class: isFine && !refused ? "hint" : "trouble" }, ` ${status} ${refused}`),
  );
  const node = el("details", { class: "exchange" }, summary);
  node.dataset.words = `${entry.what} ${status} ${entry.from} ${JSON.stringify(entry.sent)} ${JSON.stringify(entry.answer)}`.toLowerCase();
  node.ontoggle = () => {
    if (node.open && node.children.length === 1) node.append(part("Sent", entry.sent), part("Answered", entry.answer));
  };
  return node;
}

const seconds = (at) => at.toLocaleTimeString(undefined, { hour12: false });

function part(name, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return el("div", {}, el("strong", {}, name), el("pre", { tabindex: "0", role: "region", "aria-label": name }, text ?? "nothing"));
}
