// On a phone one pane is shown at a time: which?
import { byId } from "./dom.js";

const CHANGED = "pane";

export function showPane(pane) {
  document.body.dataset.pane = pane;
  byId("tab-channel").setAttribute("aria-pressed", String(pane === "channel"));
  byId("tab-panel").setAttribute("aria-pressed", String(pane === "panel"));
  document.dispatchEvent(new Event(CHANGED));
}

export const isAtPanel = () => document.body.dataset.pane === "panel";

export const onPane = (does) => document.addEventListener(CHANGED, does);

export function choosePane() {
  byId("tab-channel").onclick = () => showPane("channel");
  byId("tab-panel").onclick = () => showPane("panel");
  byId("channels").addEventListener("click", () => showPane("channel"));
  showPane("channel");
}
