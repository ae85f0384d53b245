import type { Random } from "../random.ts";

/** A call of an operation. */
export interface LoadCall {
  /** Of the operation, by its contract. */
  name: string;
  method: string;
  path: string;
  body?: unknown;
  /** The caller is the dashboard user, by its token, and not the key. */
  token?: boolean;
}

/** What the calls are about. */
export interface Names {
  /** Clients that stay. */
  steady: readonly string[];
  /** Clients that come and go. */
  passing: readonly string[];
  node: string;
}

type Make = (random: Random, names: Names) => Omit<LoadCall, "name">;

const things = 40;
const one = (random: Random, kind: string) => `load-${kind}-${random.number(things)}`;
const get = (path: string) => ({ method: "GET", path });
const client = (random: Random, { steady }: Names) => encodeURIComponent(random.pick(steady));
const page = (random: Random, limit: number) => `limit=${limit}&page=${1 + random.number(3)}`;

/** Operations with how often they are called. What exists is changed and removed as often as it is made. */
const mix: { often: number; name: string; make: Make }[] = [
  { often: 60, name: "getClient", make: (random, names) => get(`/clients/${client(random, names)}`) },
  { often: 12, name: "listClients", make: (random) => get(`/clients?${page(random, 100)}`) },
  { often: 3, name: "listClients", make: () => get("/clients?like_clientid=steady-1&limit=20") },
  { often: 8, name: "listClientsByCursor", make: () => get("/clients_v2?limit=50") },
  { often: 6, name: "countSessions", make: () => get("/sessions_count") },
  { often: 8, name: "listSubscriptions", make: (random) => get(`/subscriptions?${page(random, 100)}`) },
  {
    often: 10,
    name: "listSubscriptions",
    make: (random, names) => get(`/clients/${client(random, names)}/subscriptions`),
  },
  { often: 5, name: "listTopics", make: (random) => get(`/topics?${page(random, 100)}`) },
  {
    often: 5,
    name: "listMqueueMessages",
    make: (random, names) => get(`/clients/${client(random, names)}/mqueue_messages?limit=10`),
  },
  {
    often: 5,
    name: "listInflightMessages",
    make: (random, names) => get(`/clients/${client(random, names)}/inflight_messages?limit=10`),
  },
  { often: 3, name: "listNodes", make: () => get("/nodes") },
  { often: 3, name: "listTopicMetrics", make: () => get("/mqtt/topic_metrics") },
  { often: 3, name: "listSlowSubscriptions", make: () => get("/slow_subscriptions") },
  {
    often: 60,
    name: "publishMessage",
    make: (random, { steady }) => ({
      method: "POST",
      path: "/publish",
      body: { topic: `to/${random.pick(steady)}`, payload: "x".repeat(100), qos: random.number(3) },
    }),
  },
  {
    often: 8,
    name: "publishMessages",
    make: (random, { steady }) => ({
      method: "POST",
      path: "/publish/bulk",
      body: [0, 1, 2].map((qos) => ({ topic: `to/${random.pick(steady)}`, payload: "bulk", qos })),
    }),
  },
  {
    often: 8,
    name: "publishMessage",
    make: (random) => ({
      method: "POST",
      path: "/publish",
      body: { topic: one(random, "kept"), payload: "kept", qos: 1, retain: true },
    }),
  },
  { often: 4, name: "listRetained", make: () => get("/mqtt/retainer/messages?limit=50") },
  { often: 4, name: "getRetained", make: (random) => get(`/mqtt/retainer/message/${one(random, "kept")}`) },
  {
    often: 4,
    name: "discardRetained",
    make: (random) => ({ method: "DELETE", path: `/mqtt/retainer/message/${one(random, "kept")}` }),
  },
  {
    often: 8,
    name: "publishMessage",
    make: (random, { steady }) => ({
      method: "POST",
      path: "/publish",
      body: { topic: `$delayed/${1 + random.number(5)}/to/${random.pick(steady)}`, payload: "late", qos: 1 },
    }),
  },
  { often: 4, name: "listDelayed", make: () => get("/mqtt/delayed/messages?limit=50") },
  {
    often: 10,
    name: "subscribeClient",
    make: (random, names) => ({
      method: "POST",
      path: `/clients/${client(random, names)}/subscribe`,
      body: { topic: one(random, "topic"), qos: 1 },
    }),
  },
  {
    often: 10,
    name: "unsubscribeClient",
    make: (random, names) => ({
      method: "POST",
      path: `/clients/${client(random, names)}/unsubscribe`,
      body: { topic: one(random, "topic") },
    }),
  },
  {
    often: 6,
    name: "kickOutClient",
    make: (random, { passing }) => ({ method: "DELETE", path: `/clients/${random.pick(passing)}` }),
  },
  {
    often: 2,
    name: "kickOutClients",
    make: (random, { passing }) => ({
      method: "POST",
      path: "/clients/kickout/bulk",
      body: [random.pick(passing), random.pick(passing)],
    }),
  },
  {
    often: 5,
    name: "createBan",
    make: (random, { passing }) => ({
      method: "POST",
      path: "/banned",
      body:
        random.number(4) === 0
          ? { as: "username_re", who: `^${one(random, "user")}$` }
          : { as: "clientid", who: random.pick(passing) },
    }),
  },
  { often: 4, name: "listBans", make: () => get("/banned?limit=100") },
  {
    often: 6,
    name: "deleteBan",
    make: (random, { passing }) => ({ method: "DELETE", path: `/banned/clientid/${random.pick(passing)}` }),
  },
  {
    often: 2,
    name: "deleteBan",
    make: (random) => ({ method: "DELETE", path: `/banned/username_re/%5E${one(random, "user")}%24` }),
  },
  { often: 2, name: "listAudit", make: () => get("/audit?limit=20") },
  {
    often: 2,
    name: "createApiKey",
    make: (random) => ({
      ...{ method: "POST", path: "/api_key", token: true },
      body: { name: one(random, "key"), enable: true, role: "viewer" },
    }),
  },
  { often: 2, name: "listApiKeys", make: () => ({ ...get("/api_key"), token: true }) },
  {
    often: 2,
    name: "deleteApiKey",
    make: (random) => ({ method: "DELETE", path: `/api_key/${one(random, "key")}`, token: true }),
  },
  { often: 2, name: "listUsers", make: () => ({ ...get("/users"), token: true }) },
];

const lots = mix.flatMap((entry) => Array.from({ length: entry.often }, () => entry));

/** A call, by chance. */
export function makeCall(random: Random, names: Names): LoadCall {
  const { name, make } = random.pick(lots);
  return { name, ...make(random, names) };
}
