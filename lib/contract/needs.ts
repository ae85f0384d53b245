/**
 * What an operation may use. A handler sees only what its operation names (`DepsFor`), and the function that
 * serves it is granted only that on AWS (`infra/aws/grants.ts`).
 */
export const needs = {
  node: "facts about the running deployment",
  "registry:read": "sessions, subscriptions and their counts",
  "registry:write": "end a session in the registry",
  "registry:ingest": "sessions and subscriptions, to bring events in",
  "registry:follow": "the registry with its counts and indexes, to follow its changes",
  "keys:read": "API keys, to list them",
  "keys:write": "API keys, to create, change and delete them",
  "users:read": "dashboard users, to list them",
  "users:write": "dashboard users, to create, change and delete them",
  "audit:read": "the audit log",
  "settings:read": "settings that the API changes, to show them",
  "settings:write": "settings that the API changes, to change them",
  "bans:read": "bans, to list them",
  "bans:write": "bans, to add and remove them",
  "bans:check": "bans, to find out whether a client is banned",
  "delayed:hold": "hold messages back until they are due",
  "delayed:read": "messages that are held back, to show them",
  "delayed:write": "messages that are held back, to remove them",
  "delayed:plan": "messages that are held back, to queue those that are due soon",
  "delayed:deliver": "messages that are due, to publish and remove them",
  login: "dashboard users with their tokens, and failed logins",
  "bootstrap-secret": "the deployment's secret with API keys",
  "dead-letters": "the queue of events that cannot be brought in",
  fleet: "the clients that the broker's account knows to be connected",
  "broker:publish": "publish messages to the broker",
  "broker:inspect": "ask the broker about one client",
  "broker:queues": "see what waits for clients",
  "broker:kick": "disconnect clients at the broker",
  "broker:control": "change subscriptions and keepalive of clients, where the broker can",
  "broker:statistics": "what clients send and receive, where the broker tells",
  "broker:retained": "retained messages at the broker, to show them",
  "broker:discard-retained": "retained messages at the broker, to remove them",
  "broker:configure": "rules of the broker, as far as they can be changed",
  "broker:features": "configure and ask what the broker does besides MQTT",
} as const;

export type Need = keyof typeof needs;
