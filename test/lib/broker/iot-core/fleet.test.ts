import { IoTClient, type SearchIndexCommand } from "@aws-sdk/client-iot";
import { expect, test } from "vitest";
import { connectedThings } from "../../../../lib/broker/iot-core/fleet.ts";
import { captureLog } from "../../../support/captured-log.ts";

type Page = { things: { thingName: string }[]; nextToken?: string } | { error: string };

/** A client of the account's index, which answers one page after the other, and what it was asked. */
function indexOf(...pages: Page[]) {
  const asked: SearchIndexCommand["input"][] = [];
  const client = new IoTClient({ region: "eu-west-1" });
  client.send = async ({ input }: SearchIndexCommand) => {
    asked.push(input);
    const page = pages.shift() ?? { things: [] };
    if ("error" in page) throw Object.assign(new Error("no"), { name: page.error });
    return page;
  };
  return { client, asked };
}

const first = { things: [{ thingName: "a" }, { thingName: "b" }], nextToken: "more" };

test("connected things are asked for page by page, 100 at a time, which is the service's limit", async () => {
  const { client, asked } = indexOf(first, { things: [{ thingName: "c" }] });
  expect(await Array.fromAsync(connectedThings(client))).toEqual(["a", "b", "c"]);
  expect(asked).toMatchObject([{ maxResults: 100 }, { maxResults: 100, nextToken: "more" }]);
});

test.each(["IndexNotReadyException", "ResourceNotFoundException", "InvalidQueryException"])(
  "an account without an index, which says %s, knows nobody",
  async (error) => {
    expect(await Array.fromAsync(connectedThings(indexOf({ error }).client))).toEqual([]);
  },
);

test("a failure ends the list early, and is logged", async () => {
  const log = captureLog();
  const { client } = indexOf(first, { error: "ThrottlingException" });
  expect(await Array.fromAsync(connectedThings(client))).toEqual(["a", "b"]);
  expect(log.entries()).toMatchObject([{ level: "error" }]);
});
