// What does one person do and see here, from their first look to the next person's?
import { byId, onEscape } from "./dom.js";
import { clientFor } from "./api.js";
import { Composer, hints } from "./composer.js";
import { Home } from "./home.js";
import { MessageList } from "./list.js";
import { modalStack } from "./modal.js";
import { drawPeople } from "./people.js";
import { ReadMarks } from "./read.js";
import { drawBookmarks, drawChannels } from "./rail.js";
import { Messages, worldOf } from "./store.js";
import { whisper } from "./toolbar.js";

const FIRST_CHANNEL = "C0INCIDENTS";
const TITLE = document.title;

/** One person at this page; `become(user)` makes way for another. */
export class Session {
  constructor(user, become) {
    this.client = clientFor(user);
    this.become = become;
    this.messages = new Messages();
    this.read = new ReadMarks(user);
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
    drawPeople(this.world, this.become);
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
    document.removeEventListener("visibilitychange", this.looked);
    this.stream?.close();
    this.modals?.clear();
  }

  prepare() {
    this.composer = new Composer("composer", this.composing(() => null));
    this.replier = new Composer("replier", this.composing(() => this.thread));
    this.home = this.world.app?.has_home ? new Home(this.client, this.world) : null;
    byId("thread-close").onclick = () => this.openThread(null);
    onEscape(byId("thread"), () => this.openThread(null));
    byId("to-newest").onclick = () => this.list.toEnd();
    this.looked = () => document.hidden || this.saw();
    document.addEventListener("visibilitychange", this.looked);
    this.showChannel(this.channel);
    this.openThread(null);
  }

  room(openThread) {
    return {
      world: this.world,
      client: this.client,
      channel: this.channel,
      openThread,
      atEnd: () => this.saw(),
      whenEmpty: "Nothing has happened here yet",
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

  // -- where one looks ------------------------------------------------------------------------------------

  showChannel(id) {
    this.channel = id;
    this.isAtHome = false;
    this.newFrom = this.read.upTo(id);
    byId("home").hidden = true;
    document.body.classList.remove("at-home");
    this.list = new MessageList(byId("messages"), this.room((ts) => this.openThread(ts, { withFocus: true })));
    const name = this.world.channels.get(id)?.name ?? id;
    byId("channel-name").textContent = `# ${name}`;
    this.composer.label(`Message #${name}`);
    drawBookmarks(this.world.channels.get(id)?.bookmarks ?? []);
    this.drawRail();
  }

  async go(channel) {
    this.openThread(null);
    this.showChannel(channel);
    this.hasDrawn = false;
    await this.catchUp();
  }

  goHome() {
    this.openThread(null);
    this.isAtHome = true;
    document.body.classList.add("at-home");
    byId("home").hidden = false;
    this.drawRail();
    this.home.open();
    byId("home").focus({ preventScroll: true });
  }

  openThread(ts, { withFocus = false } = {}) {
    const was = this.thread;
    this.thread = ts;
    document.body.classList.toggle("with-thread", ts !== null);
    byId("thread").hidden = ts === null;
    if (ts === null) return was && this.backTo(was);
    this.threadNewFrom = this.read.upTo(this.channel, ts);
    this.threadList = new MessageList(byId("thread-messages"), this.room(null));
    this.replier.clear();
    this.replier.label("Reply, or ask: @pong ping");
    this.draw();
    this.threadList.toEnd();
    this.saw();
    if (withFocus) byId("thread").focus({ preventScroll: true });
    return undefined;
  }

  // The focus returns to the message whose thread was open.
  backTo(ts) {
    byId("messages").querySelector(`[data-ts="${CSS.escape(ts)}"]`)?.focus({ preventScroll: true });
  }

  // -- what is drawn --------------------------------------------------------------------------------------

  draw() {
    const threads = this.messages.threads(this.channel);
    const me = this.world.me.id;
    const threadOf = (message) => {
      const thread = threads.get(message.ts);
      if (!thread) return null;
      const isOpen = message.ts === this.thread;
      const hasRead = this.read.upTo(this.channel, message.ts) !== "";
      const unread = isOpen || !hasRead ? 0 : this.read.unread(this.messages.thread(this.channel, message.ts).slice(1), this.channel, message.ts, me);
      return { ...thread, unread };
    };
    const rootOf = (message) => (message.broadcast ? this.messages.rootOf(this.channel, message) : null);
    this.list.draw(this.messages.top(this.channel), { threadOf, rootOf, newFrom: this.newFrom });
    if (this.thread !== null) this.drawThread(threads.get(this.thread)?.count ?? 0);
    this.saw();
    this.drawRail();
  }

  drawThread(count) {
    const afterFirst = `${count} ${count === 1 ? "reply" : "replies"}`;
    const shown = this.messages.thread(this.channel, this.thread);
    this.threadList.draw(shown, { afterFirst, newFrom: this.threadNewFrom });
  }

  /** What is on the screen now has been read. */
  saw() {
    if (document.hidden || this.isAtHome || !this.hasDrawn) return;
    const isAtEnd = this.list.isAtEnd();
    if (isAtEnd) this.read.note(this.channel, null, this.messages.newest(this.channel));
    if (this.thread) this.read.note(this.channel, this.thread, this.messages.newest(this.channel, this.thread));
    byId("to-newest").hidden = isAtEnd || this.unreadIn(this.channel) === 0;
    if (isAtEnd) this.drawRail();
  }

  unreadIn(channel) {
    return this.read.unread(this.messages.top(channel), channel, null, this.world.me.id);
  }

  drawRail() {
    const unread = new Map([...this.world.channels.keys()].map((id) => [id, this.unreadIn(id)]));
    const all = [...unread.values()].reduce((sum, each) => sum + each, 0);
    document.title = all ? `(${all}) ${TITLE}` : TITLE;
    const current = this.isAtHome ? "home" : this.channel;
    const choose = (place) => (place === "home" ? this.goHome() : this.go(place));
    drawChannels({ world: this.world, current, unread, hasHome: this.home !== null, choose });
  }

  // -- what happens ---------------------------------------------------------------------------------------

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
    const others = [...this.world.channels.keys()].filter((id) => id !== channel);
    const [history, ...rest] = await Promise.all([channel, ...others].map((id) => this.client.history(id)));
    if (this.isOver || channel !== this.channel) return;
    this.isReading = false;
    banner(history.ok === false ? history.error : "");
    if (history.messages) this.messages.replace(channel, history.messages);
    rest.forEach((answer, index) => answer.messages && this.messages.replace(others[index], answer.messages));
    this.waiting.splice(0).forEach((event) => this.apply(event));
    const isFirst = !this.hasDrawn;
    this.draw();
    if (isFirst) this.list.toEnd();
    this.hasDrawn = true;
    this.saw();
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
      ephemeral: () => this.whispered(event),
      bookmarks: () => this.bookmarked(event),
      home_updated: () => this.isAtHome && this.home.draw(event.view),
      view_opened: () => this.modals.open(event.view),
      view_updated: () => this.modals.update(event.view),
      view_closed: () => this.modals.close(event.view_id),
    }[event.type];
    change?.();
  }

  whispered(event) {
    this.messages.put(event.channel, { ...event.message, ephemeral: true });
    whisper(event.message.text ?? "");
  }

  bookmarked(event) {
    const channel = this.world.channels.get(event.channel);
    if (channel) channel.bookmarks = event.bookmarks;
    if (event.channel === this.channel) drawBookmarks(event.bookmarks);
  }
}

function banner(text) {
  byId("banner").textContent = text ?? "";
  byId("banner").hidden = !text;
}
