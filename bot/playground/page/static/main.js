// What happens on this page, from its start to its last event?
import { byId, el } from "./dom.js";
import { clientFor } from "./api.js";
import { Composer, hints } from "./composer.js";
import { MessageList } from "./list.js";
import { modalStack } from "./modal.js";
import { runPanel } from "./panel.js";
import { drawPeople } from "./people.js";
import { Messages, worldOf } from "./store.js";

const FIRST_USER = "U0MARIA";
const FIRST_CHANNEL = "C0INCIDENTS";

/** One person at this page. A change of person ends this session and begins another. */
class Session {
  constructor(user) {
    this.client = clientFor(user);
    this.messages = new Messages();
    this.channel = FIRST_CHANNEL;
    this.thread = null;
    this.waiting = []; // events that arrive while the history is read
    this.isReading = true;
  }

  async begin() {
    const boot = await this.client.boot();
    if (boot.ok === false) return this.later(boot.error);
    if (this.isOver) return undefined;
    this.world = worldOf(boot);
    this.modals = modalStack(this.client, this.world);
    drawPeople(this.world, become);
    this.prepare();
    this.listen();
    return undefined;
  }

  later(error) {
    banner(error);
    if (!this.isOver) setTimeout(() => this.isOver || this.begin(), 1000);
  }

  end() {
    this.isOver = true;
    this.stream?.close();
    this.modals?.clear();
  }

  prepare() {
    this.list = new MessageList(byId("messages"), this.room());
    this.composer = new Composer("composer", this.composing(() => null));
    this.replier = new Composer("replier", this.composing(() => this.thread));
    byId("thread-close").onclick = () => this.openThread(null);
    byId("thread").onkeydown = (event) => event.key === "Escape" && this.openThread(null);
    this.showChannel(this.channel);
    this.openThread(null);
  }

  room() {
    return {
      world: this.world,
      client: this.client,
      channel: this.channel,
      openThread: (ts) => this.openThread(ts, { withFocus: true }),
    };
  }

  composing(thread) {
    return {
      send: (text) => this.send(text, thread()),
      hintsFor: (text) => hints(text, this.world, { isThread: thread() !== null }),
    };
  }

  send(text, thread_ts) {
    const channel = this.channel;
    if (!text.startsWith("/")) return this.client.say({ channel, text, ...(thread_ts ? { thread_ts } : {}) });
    if (!thread_ts) return this.client.command({ channel, text });
    const [command, ...rest] = text.split(/\s+/);
    const instead = `@pong ${rest.join(" ")}`.trim();
    return { ok: false, error: `${command} is not supported in threads. Sorry! Write ${instead} instead.` };
  }

  showChannel(id) {
    this.channel = id;
    this.list = new MessageList(byId("messages"), this.room());
    const name = this.world.channels.get(id)?.name ?? id;
    byId("channel-name").textContent = `# ${name}`;
    this.composer.label(`Message #${name}`);
    drawChannels(this.world, id, (other) => this.read(other));
  }

  async read(channel) {
    this.openThread(null);
    this.showChannel(channel);
    await this.catchUp();
  }

  openThread(ts, { withFocus = false } = {}) {
    this.thread = ts;
    document.body.classList.toggle("with-thread", ts !== null);
    byId("thread").hidden = ts === null;
    if (ts === null) return;
    this.threadList = new MessageList(byId("thread-messages"), this.room());
    this.replier.clear();
    this.replier.label("Reply, or ask: @pong ping");
    this.draw();
    this.threadList.toEnd();
    if (withFocus) byId("thread").focus({ preventScroll: true });
  }

  draw() {
    const threads = this.messages.threads(this.channel);
    this.list.draw(this.messages.top(this.channel), { threadOf: (message) => threads.get(message.ts) ?? null });
    if (this.thread === null) return;
    const count = threads.get(this.thread)?.count ?? 0;
    const afterFirst = `${count} ${count === 1 ? "reply" : "replies"}`;
    this.threadList.draw(this.messages.thread(this.channel, this.thread), { afterFirst });
  }

  listen() {
    this.stream = this.client.events();
    this.stream.onopen = () => this.catchUp();
    this.stream.onerror = () => banner("Not connected: what you see may be old. Trying again…");
    this.stream.onmessage = (event) => this.take(JSON.parse(event.data));
  }

  // Events that come while the history is on its way are newer than it, so they are applied after it.
  async catchUp() {
    this.isReading = true;
    const channel = this.channel;
    const history = await this.client.history(channel);
    if (this.isOver || channel !== this.channel) return;
    this.isReading = false;
    banner(history.ok === false ? history.error : "");
    if (history.messages) this.messages.replace(channel, history.messages);
    this.waiting.splice(0).forEach((event) => this.apply(event));
    this.draw();
    if (!this.hasDrawn) this.list.toEnd();
    this.hasDrawn = true;
  }

  take(event) {
    if (event.type === "reset") this.catchUp();
    else if (this.isReading && !event.type.startsWith("view_")) this.waiting.push(event);
    else {
      this.apply(event);
      this.soon();
    }
  }

  // Many events in one frame are one drawing.
  soon() {
    if (this.isWaitingToDraw) return;
    this.isWaitingToDraw = true;
    setTimeout(() => {
      this.isWaitingToDraw = false;
      if (!this.isOver) this.draw();
    }, 16);
  }

  apply(event) {
    const change = {
      message: () => this.messages.put(event.channel, event.message),
      message_changed: () => this.messages.put(event.channel, event.message),
      message_deleted: () => this.messages.remove(event.channel, event.ts),
      ephemeral: () => this.messages.put(event.channel, { ...event.message, ephemeral: true }),
      view_opened: () => this.modals.open(event.view),
      view_updated: () => this.modals.update(event.view),
      view_closed: () => this.modals.close(event.view_id),
    }[event.type];
    change?.();
  }
}

function banner(text) {
  byId("banner").textContent = text ?? "";
  byId("banner").hidden = !text;
}

function drawChannels(world, current, choose) {
  const items = [...world.channels.values()].map((channel) =>
    el(
      "button",
      { type: "button", "aria-current": channel.id === current ? "page" : null, onclick: () => choose(channel.id) },
      `# ${channel.name}`,
    ),
  );
  byId("channels").replaceChildren(...items);
}

let session = null;

function become(user) {
  session?.end();
  const address = new URL(location.href);
  address.searchParams.set("as", user);
  window.history.replaceState(null, "", address);
  session = new Session(user);
  session.begin();
}

function choosePane() {
  const show = (pane) => {
    document.body.dataset.pane = pane;
    byId("tab-channel").setAttribute("aria-pressed", String(pane === "channel"));
    byId("tab-panel").setAttribute("aria-pressed", String(pane === "panel"));
  };
  byId("tab-channel").onclick = () => show("channel");
  byId("tab-panel").onclick = () => show("panel");
  show("channel");
}

choosePane();
become(new URL(location.href).searchParams.get("as") ?? FIRST_USER);
runPanel();
