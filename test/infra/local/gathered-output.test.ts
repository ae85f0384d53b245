import { expect, test, vi } from "vitest";
import { gathered } from "../../../infra/local/gathered-output.ts";

test("lines that come close together are handed on in one piece, in their order", async () => {
  const written: string[] = [];
  const write = gathered((text) => void written.push(text));
  for (const line of ["1\n", "2\n", "3\n"]) write(line);
  await expect.poll(() => written).toEqual(["1\n2\n3\n"]);
  write("4\n");
  await expect.poll(() => written).toEqual(["1\n2\n3\n", "4\n"]);
});

test("what has gathered when the process exits is not lost", () => {
  const listen = vi.spyOn(process, "on");
  const written: string[] = [];
  const write = gathered((text) => void written.push(text));
  const onExit = listen.mock.calls.find(([event]) => event === "exit")?.[1] as () => void;
  listen.mockRestore();
  write("last\n");
  onExit();
  expect(written).toEqual(["last\n"]);
});
