// What does this person see right now? The messages as the events of the local Slack change them.

/** Who is who: the answer of /client/boot with everything findable by its id. */
export function worldOf(boot) {
  const byId = (items) => new Map((items ?? []).map((item) => [item.id, item]));
  return {
    team: boot.team,
    me: boot.me,
    app: boot.app,
    users: byId(boot.users),
    usergroups: byId(boot.usergroups),
    channels: byId(boot.channels),
    commands: boot.commands ?? [],
    shortcuts: boot.shortcuts ?? [],
  };
}

export class Messages {
  constructor() {
    this.channels = new Map();
    this.orders = new Map(); // what sorted() found, until something changes
  }

  of(channel) {
    if (!this.channels.has(channel)) this.channels.set(channel, new Map());
    return this.channels.get(channel);
  }

  put(channel, message) {
    this.orders.delete(channel);
    this.of(channel).set(key(message), message);
  }

  remove(channel, ts) {
    this.orders.delete(channel);
    this.of(channel).delete(ts);
    this.of(channel).delete(key({ ts, ephemeral: true }));
  }

  /** Take a channel's history; messages that only this person saw are in no history, so they stay. */
  replace(channel, messages) {
    this.orders.delete(channel);
    const known = this.of(channel);
    const kept = [...known.values()].filter((message) => message.ephemeral);
    // The same message stays the same object, so that nothing is drawn again for it.
    const same = (message) => (JSON.stringify(known.get(key(message))) === JSON.stringify(message) ? known.get(key(message)) : message);
    this.channels.set(channel, new Map([...messages.map(same), ...kept].map((message) => [key(message), message])));
  }

  /** What stands in the channel itself, in order: replies that were sent there too. */
  top(channel) {
    return this.sorted(channel).filter((message) => !isReply(message) || message.broadcast);
  }

  /** The words of the message whose thread `message` replies to; "" where it is gone. */
  rootOf(channel, message) {
    return this.of(channel).get(message.thread_ts)?.text ?? "";
  }

  /** A thread: its first message, then the replies. */
  thread(channel, ts) {
    return this.sorted(channel).filter((message) => message.ts === ts || message.thread_ts === ts);
  }

  /** What hangs below each message of the channel: {count, last, people}. */
  threads(channel) {
    const threads = new Map();
    for (const message of this.sorted(channel).filter((each) => isReply(each) && !each.ephemeral)) {
      const thread = threads.get(message.thread_ts) ?? { count: 0, last: "", people: [] };
      const people = thread.people.includes(message.user) ? thread.people : [...thread.people, message.user];
      threads.set(message.thread_ts, { count: thread.count + 1, last: message.ts, people });
    }
    return threads;
  }

  /** The ts of the newest message of a channel, or of one of its threads; "" when there is none. */
  newest(channel, thread = null) {
    const shown = thread ? this.thread(channel, thread) : this.top(channel);
    return shown.filter((message) => !message.ephemeral).at(-1)?.ts ?? "";
  }

  sorted(channel) {
    if (!this.orders.has(channel)) {
      this.orders.set(channel, [...this.of(channel).values()].sort((a, b) => Number(a.ts) - Number(b.ts)));
    }
    return this.orders.get(channel);
  }
}

const key = (message) => (message.ephemeral ? `only you ${message.ts}` : message.ts);
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
