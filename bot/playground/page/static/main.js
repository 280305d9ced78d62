// Who looks at this page, and at which part of it?
import { runDrawer } from "./drawer.js";
import { runNext } from "./guide.js";
import { choosePane } from "./panes.js";
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

runTheme();
choosePane();
become(new URL(location.href).searchParams.get("as") ?? FIRST_USER);
runDrawer();
runNext();
runPanel();
