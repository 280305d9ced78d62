// What should somebody who has never used Pong do next?
import { byId, el } from "./dom.js";

const NAME = "pong-guide";

/** The five steps, ticked as they happen; the first that is open says how. */
export function drawGuide(steps) {
  const guide = byId("guide");
  const print = JSON.stringify(steps);
  if (guide.print === print) return;
  const before = guide.print ? JSON.parse(guide.print) : null;
  guide.print = print;
  const done = steps.filter((step) => step.is_done).length;
  const next = steps.find((step) => !step.is_done);
  byId("guide-count").textContent = next ? `${done} of ${steps.length}` : "✓ done";
  byId("guide-steps").replaceChildren(...steps.map((step) => item(step, step === next)));
  if (!before) remember(guide, next);
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
