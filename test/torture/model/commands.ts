import * as fc from "fast-check";
import { ban, banBriefly, unban } from "./ban-commands.ts";
import { connect, connectBanned, disconnect, expire, kick, restart } from "./client-commands.ts";
import {
  delay,
  publish,
  publishByApi,
  subscribe,
  subscribeByApi,
  unsubscribe,
  unsubscribeByApi,
} from "./message-commands.ts";
import type { Connecting, Leaving, Message, Qos, Will } from "./model.ts";
import { filters, ids, sharedFilters, topics } from "./topics.ts";

const id = fc.constantFrom(...ids);
const bans = fc.oneof(
  id.map((who) => ["clientid" as const, who] as const),
  fc.constantFrom("^c[12]$", "3").map((who) => ["clientid_re" as const, who] as const),
);
const sharedFilter = fc.constantFrom(...sharedFilters);
const filter = fc.oneof(fc.constantFrom(...filters), sharedFilter);
const qos = fc.constantFrom<Qos>(0, 1, 2);
const message: fc.Arbitrary<Message> = fc.record({
  topic: fc.constantFrom(...topics),
  payload: fc.oneof(
    { weight: 5, arbitrary: fc.nat(999).map((n) => `m${n}`) },
    { weight: 1, arbitrary: fc.constant("") },
  ),
  qos,
  retain: fc.boolean(),
});
const will = (...delays: number[]): fc.Arbitrary<Will | undefined> =>
  fc.option(
    fc.tuple(message, fc.constantFrom(...delays)).map(([it, delay]) => ({ ...it, delay })),
    { nil: undefined },
  );
/** Sessions that are kept have more to show. */
const clean = fc.constantFrom(false, false, true);
const how: fc.Arbitrary<Connecting> = fc.oneof(
  fc
    .tuple(clean, will(0))
    .map(([clean, will]) => ({ version: 4 as const, clean, expiry: clean ? 0 : 7_200, will })),
  fc.record({
    version: fc.constant(5 as const),
    clean,
    expiry: fc.constantFrom(3_600, 3_600, 0),
    will: will(0, 3_000),
  }),
);
const leaving = fc.constantFrom<Leaving>("politely", "at once", "with will");

/** Before a sequence, clients connect and subscribe. */
export const beginnings = fc
  .array(fc.tuple(how, fc.oneof(filter, sharedFilter), qos), {
    minLength: 2,
    maxLength: ids.length,
    size: "max",
  })
  .map((all) =>
    all.flatMap(([how, ...subscription], n) => {
      const id = ids[n] ?? "";
      return [connect(id, how), subscribe(id, ...subscription)];
    }),
  );

const often = [
  fc.tuple(id, filter, qos).map((it) => subscribe(...it)),
  fc.tuple(id, filter, qos).map((it) => subscribeByApi(...it)),
  fc.tuple(id, message).map((it) => publish(...it)),
  message.map(publishByApi),
  fc.tuple(id, how).map((it) => connect(...it)),
  fc.tuple(id, leaving).map((it) => disconnect(...it)),
];

const sometimes = [
  fc.tuple(id, filter).map((it) => unsubscribe(...it)),
  fc.tuple(id, filter).map((it) => unsubscribeByApi(...it)),
  id.map(kick),
  bans.map(([as, who]) => ban(as, who)),
  bans.map(([as, who]) => unban(as, who)),
  bans.map(([as, who]) => unban(as, who)),
  fc.tuple(id, how).map((it) => connectBanned(...it)),
];

/** Each takes a second or more. */
const seldom = [
  bans.map(([as, who]) => banBriefly(as, who)),
  fc.tuple(id, fc.constantFrom("politely" as const, "with will" as const)).map((it) => expire(...it)),
  fc.tuple(fc.constantFrom(...topics), fc.nat(999)).map(([topic, n]) => delay(topic, `d${n}`)),
  fc.constantFrom("SIGINT" as const, "SIGKILL" as const).map(restart),
];

const four = <Kind>(kinds: Kind[]) => [...kinds, ...kinds, ...kinds, ...kinds];

/** Sequences of commands. */
export const sequences = fc.commands([...four([...often, ...often, ...sometimes]), ...seldom], {
  ...{ maxCommands: 40, size: "max" },
});
