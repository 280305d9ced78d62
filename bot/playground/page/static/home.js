// What does the app show a person on its Home tab? https://docs.slack.dev/surfaces/app-home
import { byId, el } from "./dom.js";
import { drawBlocks } from "./blocks.js";

/** The Home of the app for one person; drawn when they open it, and again whenever the app publishes one. */
export class Home {
  constructor(client, world) {
    this.client = client;
    this.world = world;
    this.title = el("h2", { class: "pane-title" }, world.users.get(world.app.user_id)?.real_name ?? world.app.name, el("span", { class: "hint" }, " Home"));
    this.body = el("div", { class: "messages home-body", tabindex: "0", role: "region", "aria-label": "Home" });
    this.trouble = el("p", { class: "trouble", role: "alert" });
    byId("home").replaceChildren(this.title, this.body, this.trouble);
  }

  async open() {
    const answer = await this.client.home();
    this.draw(answer.view);
    this.client.homeOpened();
  }

  draw(view) {
    if (!view) return this.body.replaceChildren(el("p", { class: "hint" }, "The app has not put anything here yet."));
    if (!this.body.querySelector(".block")) this.body.replaceChildren();
    const act = async (fields) => {
      const answer = await this.client.viewAction({ view_id: view.id, ...fields });
      this.trouble.textContent = answer.ok === false ? (answer.error ?? "") : "";
      return answer;
    };
    return drawBlocks(this.body, view.blocks, { world: this.world, act, fileUrl: this.client.fileUrl });
  }
}
