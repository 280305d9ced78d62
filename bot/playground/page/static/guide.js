// What should somebody who has never used Pong do next?
import { byId, el } from "./dom.js";
import { isAtPanel, onPane, showPane } from "./panes.js";

const NAME = "pong-guide";

/** The five steps, ticked as they happen; the first that is open says how. */
export function drawGuide(steps) {
  const guide = byId("guide");
  const print = JSON.stringify(steps);
  if (guide.print === print) return;
  const isFirst = !guide.print;
  guide.print = print;
  const done = steps.filter((step) => step.is_done).length;
  const next = steps.find((step) => !step.is_done);
  byId("guide-count").textContent = next ? `${done} of ${steps.length}` : "✓ done";
  byId("guide-steps").replaceChildren(...steps.map((step) => item(step, step === next)));
  if (isFirst) remember(guide, next);
  guide.next = next;
  drawNext();
}

/** On a phone the guide is in another pane than the messages: the next step is one line above both. */
export function runNext() {
  onPane(drawNext);
  byId("guide").addEventListener("toggle", drawNext);
  byId("next-go").onclick = () => {
    const { next } = byId("guide");
    showPane(isAtPanel() ? "channel" : "panel");
    const there = next.press ? byId("panel").querySelector(`[data-press="${CSS.escape(next.press)}"]`) : byId("guide");
    there?.scrollIntoView({ block: next.press ? "center" : "start" });
  };
}

function drawNext() {
  const { open, next } = byId("guide");
  const isDoneHere = Boolean(next?.press) === isAtPanel(); // what it says to press is in this pane
  byId("next").hidden = !open || !next || (isDoneHere && isAtPanel());
  byId("next-words").textContent = next ? `Next: ${next.brief}` : "";
  byId("next-go").textContent = isDoneHere ? "How?" : "Show me";
}

function item(step, isNext) {
  return el(
    "li",
    { class: step.is_done ? "done" : isNext ? "next" : "", "aria-current": isNext ? "step" : null },
    el("strong", {}, step.title, step.is_done ? el("span", { class: "unseen" }, " (done)") : null),
    isNext ? el("p", {}, step.say) : null,
  );
}

// Who has closed it, or is through, does not find it open again.
function remember(guide, next) {
  let isClosed = false;
  try {
    isClosed = localStorage.getItem(NAME) === "closed";
    guide.ontoggle = () => localStorage.setItem(NAME, guide.open ? "open" : "closed");
  } catch {
    // A browser that keeps nothing shows it each time.
  }
  guide.open = Boolean(next) && !isClosed;
}
