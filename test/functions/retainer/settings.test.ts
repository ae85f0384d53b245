import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { retainerRules } from "../../../lib/records/retainer-settings.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.close());

const read = async () => (await api.call("GET", "/mqtt/retainer")).json;
const change = (body: unknown) => api.call("PUT", "/mqtt/retainer", { body });

/** The one failure that a refused change is answered with. */
async function failureOf(body: unknown) {
  const { status, json } = await change(body);
  expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
  return JSON.parse(json.message);
}

test("the settings begin as EMQX's do", async () => {
  expect(await read()).toEqual({
    allow_never_expire: true,
    backend: {
      ...{ enable: true, max_retained_messages: 0, storage_type: "ram", type: "built_in_database" },
      index_specs: [[1, 2, 3], [1, 3], [2, 3], [3]],
    },
    delivery_rate: "1000/s",
    enable: true,
    max_payload_size: "1MB",
    max_publish_rate: "1000/s",
    msg_clear_interval: "0s",
    msg_expiry_interval: "0s",
    msg_expiry_interval_override: "disabled",
    stop_publish_clear_msg: false,
  });
});

test("what was read can be written back with the switch turned, both ways", async () => {
  for (const enable of [false, true]) {
    const settings = { ...(await read()), enable };
    const { status, json } = await change(settings);
    expect([status, json]).toEqual([200, settings]);
    expect(await read()).toEqual(settings);
  }
});

test("fields that are left out keep their value, and the backend is replaced as a whole", async () => {
  await change({ max_payload_size: "2MB", msg_expiry_interval: "1h30m" });
  await change({ backend: { max_retained_messages: 7 } });
  expect(await read()).toMatchObject({
    max_payload_size: "2MB",
    msg_expiry_interval: "1h30m",
    backend: { max_retained_messages: 7 },
  });
  expect(Object.keys((await read()).backend)).toEqual(["max_retained_messages"]);
});

test("the older name of the rate of delivery sets it too", async () => {
  expect((await change({ deliver_rate: "5/s" })).json).toMatchObject({ delivery_rate: "5/s" });
});

test("the broker is told what the settings mean", async () => {
  await change({ msg_clear_interval: "5s", delivery_rate: "infinity", max_publish_rate: "10/10s" });
  expect(api.broker.rules.at(-1)).toEqual(retainerRules(await read()));
  expect(api.broker.rules.at(-1)).toMatchObject({
    ...{ sweepInterval: 5_000, deliveryRate: "infinity", storeRate: { amount: 10, per: 10_000 } },
  });
});

test("without a backend that is enabled the update fails, and nothing changes", async () => {
  const before = await read();
  const { status, json } = await change({ enable: false, backend: { enable: false } });
  expect([status, json.code, json.message.at(-1)]).toEqual([400, "UPDATE_FAILED", "\n"]);
  expect(await read()).toEqual(before);
});

describe("a change is refused", () => {
  test("with an unknown field", async () => {
    expect(await failureOf({ bogus: 1 })).toEqual({
      kind: "validation_error",
      ...{
        path: "root",
        reason: "unknown_fields",
        unknown: "bogus",
        unmatched: "allow_never_expire,backend,...",
      },
    });
  });

  test.each([
    [{ msg_expiry_interval: "abc" }, "msg_expiry_interval", "Not a valid duration"],
    [{ msg_clear_interval: true }, "msg_clear_interval", { expected: "emqx_schema:timeout_duration_ms()" }],
    [{ max_payload_size: "1.5MB" }, "max_payload_size", "Not a valid bytesize"],
    [{ max_payload_size: true }, "max_payload_size", { expected: "emqx_schema:bytesize()" }],
    [{ delivery_rate: "abc" }, "delivery_rate", "abc"],
    [{ max_publish_rate: 0 }, "max_publish_rate", "0"],
    [{ enable: "x" }, "enable", "Unable to parse boolean value"],
    [{ backend: "x" }, "backend", "bad_value_for_struct"],
    [{ backend: { type: "redis" } }, "backend.type", "Expected: built_in_database, got:redis"],
    [{ backend: { storage_type: "x" } }, "backend.storage_type", "not_a_enum_symbol"],
    [
      { backend: { max_retained_messages: -1 } },
      "backend.max_retained_messages",
      { expected: "non_neg_integer()" },
    ],
  ])("with %j", async (body, path, reason) => {
    expect(await failureOf(body)).toMatchObject({ path: `root.${path}`, reason });
  });

  test.each([5, [[]], [[0]], [[1, 1]], [[1], [1]], [5]])(
    "with the index specifications %j",
    async (specs) => {
      expect((await failureOf({ backend: { index_specs: specs } })).path).toMatch(
        /^root\.backend\.index_specs/,
      );
    },
  );

  test("with an override that is neither a duration nor switched off", async () => {
    const path = "root.msg_expiry_interval_override";
    expect(await failureOf({ msg_expiry_interval_override: "abc" })).toEqual({
      ...{ kind: "validation_error", path, reason: "matched_no_union_member" },
      mismatches: {
        disabled: {
          ...{ kind: "validation_error", path, value: "abc" },
          reason: "Expected: disabled, got:abc",
        },
        "emqx_schema:duration_ms()": {
          ...{ kind: "validation_error", path, value: "abc", reason: "Not a valid duration" },
        },
      },
    });
  });
});
