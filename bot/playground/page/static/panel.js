// What is the Redis behind Pong doing, and what would break it?
import { byId, el } from "./dom.js";
import { panel } from "./api.js";
import { drawGuide } from "./guide.js";

const EVERY_MS = 1000;

/** Keep the "Break it" panel true: asked every second while somebody looks at the page. */
export function runPanel() {
  const rows = new Map(); // the buttons, by what they break
  const look = async () => {
    if (!document.hidden) draw(await panel.state(), rows);
  };
  const press = async (action) => {
    say("");
    const answer = await panel.press(action);
    if (!answer.ok) say(answer.error);
    await look();
  };
  rows.press = press;
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY_MS);
  return look();
}

function say(text) {
  byId("panel-trouble").textContent = text ?? "";
}

function draw(state, rows) {
  byId("panel").classList.toggle("away", state.ok === false);
  if (state.ok === false) return say(state.error);
  if (byId("panel-trouble").textContent.startsWith("The playground")) say("");
  drawServer(state.server);
  drawShop(state.shop);
  drawLines("shop-log", state.shop_log, logLine);
  drawLines("panel-alerts", state.alerts, (name) => el("p", {}, `🔔 ${name} is firing`));
  drawLines("panel-notes", state.notes, (note) => el("p", {}, note));
  drawActions(state.actions, rows);
  if (state.guide) drawGuide(state.guide);
}

const STATES = { running: "Running", frozen: "Frozen", stopped: "Stopped", killed: "Killed" };

function drawServer(server) {
  const light = byId("server-state");
  const troubles = server.trouble.split(", ").filter((trouble) => trouble && trouble !== server.state);
  light.dataset.state = troubles.length && server.state === "running" ? "troubled" : server.state;
  light.textContent = [STATES[server.state] ?? server.state, ...troubles].join(", ");
  const role = server.role && server.role !== "master" ? ` · ${server.role}` : "";
  byId("server-name").textContent = `${server.name} · port ${server.port}${role}`;
  const isKnown = server.used_bytes !== null;
  const percent = isKnown ? (100 * server.used_bytes) / server.max_bytes : 0;
  const bar = byId("memory");
  bar.value = Math.min(percent, 100);
  bar.dataset.level = percent >= 90 ? "critical" : percent >= 80 ? "warning" : "fine";
  const clients = `${server.clients}/${server.max_clients} clients`;
  byId("memory-words").textContent = isKnown
    ? `${Math.round(percent)} % of ${megabytes(server.max_bytes)} · ${server.keys.toLocaleString()} keys · ${clients}`
    : "Memory unknown: no answer";
}

const megabytes = (bytes) => `${Math.round(bytes / 1048576)} MB`;

const GOOD_WHEN = { status: "healthy", redis: "connected", rate_limit: "on" };
const level = (shop, name, otherwise) => (shop[name] === GOOD_WHEN[name] ? "fine" : otherwise);

function drawShop(shop) {
  const figures = [
    ["Health", shop.status, level(shop, "status", "warning")],
    ["Redis", shop.redis, level(shop, "redis", "critical")],
    ["Rate limit", shop.rate_limit, level(shop, "rate_limit", "critical")],
    ["Answers", shop.answer_ms === null ? "–" : `${Math.round(shop.answer_ms)} ms`, shop.answer_ms > 100 ? "warning" : "fine"],
    ["Requests", `${shop.requests_per_s.toFixed(1)}/s`, "fine"],
    ["Cache hits", shop.cache_hit_rate === null ? "–" : `${Math.round(shop.cache_hit_rate * 100)} %`, "fine"],
    ["Limited", `${shop.limited_per_min}/min`, shop.limited_per_min > 60 ? "warning" : "fine"],
    ["Logged in", String(shop.logged_in), "fine"],
    ["Letters to send", String(shop.queue_depth), shop.queue_depth > 20 ? "warning" : "fine"],
  ];
  const print = JSON.stringify(figures);
  const box = byId("shop");
  if (box.dataset.shown === print) return;
  box.dataset.shown = print;
  box.replaceChildren(
    ...figures.map(([name, value, how]) => el("div", {}, el("dt", {}, name), el("dd", { "data-level": how }, value))),
  );
}

const logLine = (entry) =>
  el("li", { "data-level": entry.level }, el("time", {}, new Date(entry.at_ms).toLocaleTimeString()), " ", entry.line);

/** The lines of the box `id`, drawn again only when they changed: a status that repeats is read out again. */
function drawLines(id, lines, make) {
  const shown = JSON.stringify(lines);
  const box = byId(id);
  if (box.dataset.shown === shown) return;
  box.dataset.shown = shown;
  box.replaceChildren(...lines.map(make));
}

const GROUPS = { server: "The server", memory: "Its memory", network: "The network", access: "Who gets in", load: "Its load", mend: "" };

// One button for each thing that can be broken; while it is broken, the same button mends it.
function drawActions(actions, rows) {
  for (const action of actions) {
    if (!rows.has(action.slot)) rows.set(action.slot, addAction(action, rows));
    const { button, hint } = rows.get(action.slot);
    button.textContent = action.label;
    button.disabled = !action.can;
    button.dataset.press = action.name;
    button.classList.toggle("mends", action.is_broken);
    hint.textContent = action.expect;
  }
}

function groupBox(name) {
  const known = byId("panel-actions").querySelector(`[data-group="${name}"]`);
  if (known) return known;
  const title = GROUPS[name] ? el("h3", { id: `group-${name}` }, GROUPS[name]) : null;
  const made = el("div", { class: "panel-group", role: "group", "data-group": name, "aria-labelledby": title && `group-${name}` }, title);
  const after = Object.keys(GROUPS).slice(Object.keys(GROUPS).indexOf(name) + 1);
  const next = after.map((each) => byId("panel-actions").querySelector(`[data-group="${each}"]`)).find(Boolean);
  byId("panel-actions").insertBefore(made, next ?? null);
  return made;
}

function addAction(action, rows) {
  const id = `expect-${action.slot}`;
  const button = el("button", {
    type: "button",
    class: "button wide",
    "aria-describedby": id,
    onclick: () => rows.press(button.dataset.press),
  });
  const hint = el("p", { class: "hint", id });
  groupBox(action.group).append(el("div", { class: "panel-action" }, button, hint));
  return { button, hint };
}
