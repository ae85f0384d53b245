import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { captureLog } from "../../support/captured-log.ts";
import { connected, connectedPersistent, disconnected } from "../../support/events.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

afterAll(() => api.close());

const kickOut = (body: unknown) => api.call("POST", "/clients/kickout/bulk", { body });

async function connect(...clientids: string[]): Promise<void> {
  for (const clientid of clientids) api.registry.push(connected(clientid));
  await api.registry.idle();
}

const count = async () => (await api.call("GET", "/clients")).json.meta.count;

describe("POST /clients/kickout/bulk", () => {
  test("disconnects all that it names and discards their sessions, connected or not", async () => {
    await connect("one", "two/2");
    api.registry.push(connectedPersistent("away"));
    api.registry.push(disconnected("away"));
    await api.registry.idle();
    const { status, text } = await kickOut(["one", "two/2", "away"]);
    expect([status, text]).toEqual([204, ""]);
    expect(api.broker.kicked).toEqual(expect.arrayContaining(["one", "two/2", "away"]));
    await api.registry.idle();
    expect(await count()).toBe(0);
  });

  test.each([[[]], [{}], [["nobody"]], [["a", "a"]], [undefined]])("does not mind %j", async (body) => {
    expect(await kickOut(body)).toMatchObject({ status: 204, text: "" });
  });

  test("takes a number for its digits, and a client once", async () => {
    await connect("7");
    await kickOut([7, "7"]);
    expect(api.broker.kicked.filter((clientid) => clientid === "7")).toHaveLength(1);
    expect((await api.call("GET", "/clients/7")).status).toBe(404);
  });

  test("is no faster than the broker allows", async () => {
    Object.assign(api.broker, { kicksPerSecond: 200 });
    const begin = performance.now();
    await kickOut(Array.from({ length: 41 }, (_, n) => `slow${n}`));
    expect(performance.now() - begin).toBeGreaterThan(200);
    Object.assign(api.broker, { kicksPerSecond: undefined });
  });

  test("kicks out many at a time, and not all at once", async () => {
    const ids = Array.from({ length: 100 }, (_, n) => `many${n}`);
    await connect(...ids);
    let [now, most] = [0, 0];
    const kick = vi.spyOn(api.broker, "kick").mockImplementation(async () => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now -= 1;
      return true;
    });
    expect((await kickOut(ids)).status).toBe(204);
    expect(kick).toHaveBeenCalledTimes(100);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(50);
    kick.mockRestore();
    await api.registry.idle();
    expect(await count()).toBe(0);
  });

  test("kicks out the others when the broker fails with one, and says so", async () => {
    captureLog();
    await connect("fails", "goes");
    vi.spyOn(api.broker, "kick").mockImplementation(async (clientid) => {
      if (clientid === "fails") throw new Error("The broker is broken");
      return true;
    });
    expect((await kickOut(["fails", "goes"])).status).toBe(500);
    vi.restoreAllMocks();
    expect((await api.call("GET", "/clients/goes")).status).toBe(404);
    expect((await api.call("GET", "/clients/fails")).status).toBe(200);
  });

  test.each([
    [{ a: 1 }, "root"],
    [[{}], "root.1"],
    [["a", true], "root.2"],
    [[null], "root.1"],
  ])("does not take %j", async (body, path) => {
    const { status, json } = await kickOut(body);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ path });
  });
});
