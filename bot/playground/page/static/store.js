// What does this person see right now? The messages as the events of the local Slack change them.

/** Who is who: the answer of /client/boot with everything findable by its id. */
export function worldOf(boot) {
  const byId = (items) => new Map((items ?? []).map((item) => [item.id, item]));
  return {
    team: boot.team,
    me: boot.me,
    users: byId(boot.users),
    usergroups: byId(boot.usergroups),
    channels: byId(boot.channels),
    commands: boot.commands ?? [],
  };
}

export class Messages {
  constructor() {
    this.channels = new Map();
  }

  of(channel) {
    if (!this.channels.has(channel)) this.channels.set(channel, new Map());
    return this.channels.get(channel);
  }

  put(channel, message) {
    this.of(channel).set(key(message), message);
  }

  remove(channel, ts) {
    this.of(channel).delete(ts);
  }

  /** Take a channel's history; messages that only this person saw are in no history, so they stay. */
  replace(channel, messages) {
    const kept = [...this.of(channel).values()].filter((message) => message.ephemeral);
    this.channels.set(channel, new Map([...messages, ...kept].map((message) => [key(message), message])));
  }

  /** What stands in the channel itself, in order. */
  top(channel) {
    return this.sorted(channel).filter((message) => !isReply(message));
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

  sorted(channel) {
    return [...this.of(channel).values()].sort((a, b) => Number(a.ts) - Number(b.ts));
  }
}

const key = (message) => (message.ephemeral ? `only you ${message.ts}` : message.ts);
const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
