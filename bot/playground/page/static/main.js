// Who looks at this page, and at which part of it?
import { byId } from "./dom.js";
import { runDrawer } from "./drawer.js";
import { runPanel } from "./panel.js";
import { Session } from "./session.js";
import { runTheme } from "./theme.js";

const FIRST_USER = "U0MARIA";

let session = null;

function become(user) {
  session?.end();
  const address = new URL(location.href);
  address.searchParams.set("as", user);
  window.history.replaceState(null, "", address);
  session = new Session(user, become);
  session.begin();
}

// On a phone one pane is shown at a time.
function choosePane() {
  const show = (pane) => {
    document.body.dataset.pane = pane;
    byId("tab-channel").setAttribute("aria-pressed", String(pane === "channel"));
    byId("tab-panel").setAttribute("aria-pressed", String(pane === "panel"));
  };
  byId("tab-channel").onclick = () => show("channel");
  byId("tab-panel").onclick = () => show("panel");
  byId("channels").addEventListener("click", () => show("channel"));
  show("channel");
}

runTheme();
choosePane();
become(new URL(location.href).searchParams.get("as") ?? FIRST_USER);
runDrawer();
runPanel();
