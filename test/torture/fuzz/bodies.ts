import fc from "fast-check";
import type { Operation } from "../../../lib/contract/resource.ts";
import { sampleRequest } from "../../support/operation-samples.ts";
import { hostileJson, hostileName } from "./values.ts";

const publish = {
  topic: "fleet/t",
  payload: "hello",
  payload_encoding: "plain",
  qos: 1,
  retain: true,
  clientid: "me",
  properties: {
    payload_format_indicator: 1,
    message_expiry_interval: 60,
    response_topic: "answer",
    correlation_data: "one",
    user_properties: { a: "b" },
    content_type: "text/plain",
  },
};

/** Bodies with more fields than the samples that tests use. */
const rich: Record<string, unknown> = {
  createBan: {
    as: "clientid",
    who: "someone",
    by: "me",
    reason: "why",
    at: 1_700_000_000,
    until: "infinity",
  },
  createApiKey: { name: "made", desc: "d", enable: true, role: "viewer", expired_at: "2100-01-01T00:00:00Z" },
  updateApiKey: { desc: "d", enable: false, role: "viewer", expired_at: "infinity" },
  rotateApiKey: { grace_period: 60 },
  login: { username: "fleet_user", password: "passw0rd" },
  subscribeClient: { topic: "more/+", qos: 1, nl: 0, rap: 1, rh: 1 },
  subscribeClientInBulk: [{ topic: "more/+", qos: 1, nl: 0, rap: 1, rh: 1 }, { topic: "$share/g/more" }],
  kickOutClients: ["nobody", "fleet-1"],
  publishMessage: publish,
  publishMessages: [
    publish,
    { topic: "$delayed/60/fleet/t", payload: "aGVsbG8=", payload_encoding: "base64" },
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: EMQX replaces it
  replaceAutoSubscriptions: [{ topic: "auto/${clientid}", qos: 1, rh: 0, rap: 0, nl: 0 }],
  changeSlowSubscriptionSettings: {
    enable: true,
    threshold: "1s",
    expire_interval: "300s",
    top_k_num: 10,
    stats_type: "whole",
  },
  changeRetainer: {
    enable: true,
    msg_expiry_interval: "1h",
    msg_expiry_interval_override: "disabled",
    allow_never_expire: true,
    msg_clear_interval: "0s",
    msg_clear_limit: 50_000,
    max_payload_size: "1MB",
    stop_publish_clear_msg: false,
    delivery_rate: "1000/s",
    max_publish_rate: "infinity",
    backend: {
      type: "built_in_database",
      storage_type: "disc",
      max_retained_messages: 0,
      index_specs: [[1, 2, 3]],
      enable: true,
    },
  },
};

interface Edit {
  /** Of the places of the body, counted round. */
  place: number;
  kind: "replace" | "remove" | "add" | "twice";
  json: string;
  name: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  place: fc.nat(40),
  kind: fc.constantFrom("replace", "replace", "replace", "remove", "add", "twice"),
  json: hostileJson,
  name: hostileName,
});

/** Texts that are no JSON, or JSON that is no such body. */
const others = [
  "",
  " ",
  "{",
  "nul",
  "'a'",
  "\u0000",
  "\ufeff{}",
  "{}{}",
  "{}//",
  "NaN",
  "[1,]",
  '{"a":1,"a":2}',
  "a=b",
];

/** Bodies for an operation, as they are sent: from the valid one, by few changes, to what is none; `undefined`: none. */
export function bodies(name: string, operation: Operation): fc.Arbitrary<string | undefined> {
  const valid = rich[name] ?? sampleRequest(name, operation).body;
  const none = fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 12 },
    fc.constantFrom(...others),
    hostileJson,
  );
  if (valid === undefined) return none;
  const edited = fc
    .array(edit, { maxLength: 3 })
    .map((edits) => edits.reduce(applyEdit, toTree(valid)))
    .map(writeTree);
  const cut = fc.tuple(edited, fc.nat(400)).map(([text, at]) => text.slice(0, at));
  return fc.oneof(
    { arbitrary: edited, weight: 14 },
    { arbitrary: cut, weight: 1 },
    { arbitrary: none, weight: 1 },
  );
}

/** JSON whose leaves are text that is written as it stands, and whose objects may have a name twice. */
type Tree = { leaf: string } | { items: Tree[] } | { fields: [string, Tree][] };

function toTree(value: unknown): Tree {
  if (Array.isArray(value)) return { items: value.map(toTree) };
  if (typeof value !== "object" || value === null) return { leaf: JSON.stringify(value) };
  return { fields: Object.entries(value).map(([name, inner]) => [name, toTree(inner)]) };
}

function writeTree(tree: Tree): string {
  if ("leaf" in tree) return tree.leaf;
  if ("items" in tree) return `[${tree.items.map(writeTree).join(",")}]`;
  return `{${tree.fields.map(([name, inner]) => `${JSON.stringify(name)}:${writeTree(inner)}`).join(",")}}`;
}

/** Places in a tree, itself first: each is a function that puts something else, or nothing, there. */
function places(tree: Tree): { at: Tree; put: (...next: Tree[]) => Tree }[] {
  const self = { at: tree, put: (next?: Tree) => next ?? { leaf: "" } };
  if ("leaf" in tree) return [self];
  if ("items" in tree) {
    const { items } = tree;
    const inner = items.flatMap((item, n) =>
      places(item).map(({ at, put }) => ({
        at,
        put: (...next: Tree[]) => ({
          items: items.toSpliced(n, 1, ...(at === item ? next : [put(...next)])),
        }),
      })),
    );
    return [self, ...inner];
  }
  const { fields } = tree;
  const inner = fields.flatMap(([name, item], n) =>
    places(item).map(({ at, put }) => ({
      at,
      put: (...next: Tree[]) => ({
        fields: fields.toSpliced(
          n,
          1,
          ...(at === item ? next : [put(...next)]).map((it): [string, Tree] => [name, it]),
        ),
      }),
    })),
  );
  return [self, ...inner];
}

function applyEdit(tree: Tree, { place, kind, json, name }: Edit): Tree {
  const all = places(tree);
  const found = all[place % all.length];
  if (!found) return tree;
  const { at, put } = found;
  if (kind === "remove") return put();
  if (kind === "twice") return put(at, at);
  if (kind === "replace" || "leaf" in at) return put({ leaf: json });
  return "items" in at
    ? put({ items: [...at.items, { leaf: json }] })
    : put({ fields: [...at.fields, [name, { leaf: json }]] });
}
