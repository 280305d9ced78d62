// What is the Redis behind Pong doing, and what would break it?
import { byId, el } from "./dom.js";
import { panel } from "./api.js";

const EVERY_MS = 1000;

/** Keep the "Break it" panel true: asked every second while somebody looks at the page. */
export function runPanel() {
  const rows = new Map(); // the buttons, by name
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
  drawNotes(state.notes);
  drawActions(state.actions, rows);
}

function drawServer(server) {
  const light = byId("server-state");
  light.dataset.state = server.state;
  light.textContent = { running: "Running", frozen: "Frozen", stopped: "Stopped", killed: "Killed" }[server.state] ?? server.state;
  byId("server-name").textContent = `${server.name} · port ${server.port}`;
  const isKnown = server.used_bytes !== null;
  const percent = isKnown ? (100 * server.used_bytes) / server.max_bytes : 0;
  const bar = byId("memory");
  bar.value = Math.min(percent, 100);
  bar.dataset.level = percent >= 90 ? "critical" : percent >= 80 ? "warning" : "fine";
  byId("memory-words").textContent = isKnown
    ? `${Math.round(percent)} % of ${megabytes(server.max_bytes)} · ${server.keys.toLocaleString()} keys`
    : "Memory unknown: no answer";
}

const megabytes = (bytes) => `${Math.round(bytes / 1048576)} MB`;

function drawShop(shop) {
  const figures = [
    ["Health", shop.status, shop.status === "healthy" ? "fine" : "warning"],
    ["Redis", shop.redis, shop.redis === "connected" ? "fine" : "critical"],
    ["Answers", shop.answer_ms === null ? "–" : `${Math.round(shop.answer_ms)} ms`, shop.answer_ms > 100 ? "warning" : "fine"],
    ["Cache hits", shop.cache_hit_rate === null ? "–" : `${Math.round(shop.cache_hit_rate * 100)} %`, "fine"],
    ["Rate limit", shop.rate_limit, shop.rate_limit === "on" ? "fine" : "critical"],
    ["Requests", `${shop.requests_per_s.toFixed(1)}/s`, "fine"],
  ];
  byId("shop").replaceChildren(
    ...figures.map(([name, value, level]) => el("div", {}, el("dt", {}, name), el("dd", { "data-level": level }, value))),
  );
}

function drawNotes(notes) {
  const shown = JSON.stringify(notes);
  const box = byId("panel-notes");
  if (box.dataset.shown === shown) return;
  box.dataset.shown = shown;
  box.replaceChildren(...notes.map((note) => el("p", {}, note)));
}

function drawActions(actions, rows) {
  const shown = new Set(actions.map((action) => action.name));
  for (const [name, { node }] of rows) node.hidden = !shown.has(name);
  for (const action of actions) {
    if (!rows.has(action.name)) rows.set(action.name, addAction(action, rows));
    const { button, hint } = rows.get(action.name);
    button.textContent = action.label;
    button.disabled = !action.can;
    hint.textContent = action.expect;
  }
}

function addAction(action, rows) {
  const id = `expect-${action.name}`;
  const button = el("button", {
    type: "button",
    class: `button wide ${action.breaks ? "breaks" : ""}`,
    "aria-describedby": id,
    onclick: () => rows.press(action.name),
  });
  const hint = el("p", { class: "hint", id });
  const node = el("div", { class: "panel-action" }, button, hint);
  byId("panel-actions").append(node);
  return { node, button, hint };
}
