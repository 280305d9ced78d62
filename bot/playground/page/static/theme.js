// Light, dark, or as the machine has it?
import { byId } from "./dom.js";

const NAME = "pong-theme";
const NEXT = { system: "light", light: "dark", dark: "system" };
const SIGNS = { system: "◐", light: "☀", dark: "☾" };

/** The button that goes from one to the next; the browser remembers it. */
export function runTheme() {
  const button = byId("theme");
  const show = (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = SIGNS[theme];
    button.setAttribute("aria-label", `Theme: ${theme}. Change to ${NEXT[theme]}.`);
    button.title = `Theme: ${theme}`;
    button.onclick = () => {
      keep(NEXT[theme]);
      show(NEXT[theme]);
    };
  };
  show(kept());
}

function kept() {
  try {
    const theme = localStorage.getItem(NAME);
    return Object.hasOwn(NEXT, theme ?? "") ? theme : "system";
  } catch {
    return "system";
  }
}

function keep(theme) {
  try {
    localStorage.setItem(NAME, theme);
  } catch {
    // Then it holds until the next reload.
  }
}
