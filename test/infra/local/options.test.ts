import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readOptions } from "../../../infra/local/options.ts";

const variables = [
  ...["FLEETGATE_HTTP_PORT", "FLEETGATE_MQTT_PORT", "FLEETGATE_WS_PORT", "FLEETGATE_HOST", "FLEETGATE_DATA"],
  ...["FLEETGATE_ASSETS", "EMQX_API_KEY__BOOTSTRAP_FILE", "EMQX_NODE__NAME"],
  ...[
    "EMQX_DASHBOARD__DEFAULT_USERNAME",
    "EMQX_DASHBOARD__DEFAULT_PASSWORD",
    "EMQX_DASHBOARD__SWAGGER_SUPPORT",
  ],
];

/** What the tests leave at its default. */
const unchanged = { dashboardUsername: "admin", swaggerSupport: true };

beforeEach(() => {
  for (const name of variables) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Reads options that end the process; returns how, and what was printed. */
function ending(...args: string[]): { code: unknown; printed: string } {
  const ended = { code: undefined as unknown, printed: "" };
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      ended.printed += text;
      return true;
    });
  }
  vi.spyOn(process, "exit").mockImplementation((code) => {
    ended.code ??= code;
    throw new Error("The process ends");
  });
  expect(() => readOptions(args)).toThrow("The process ends");
  return ended;
}

test("the defaults are EMQX's ports, and this machine only", () => {
  expect(readOptions([])).toEqual({
    ...{ httpPort: 18_083, mqttPort: 1_883, wsPort: 8_083 },
    ...{ host: "127.0.0.1", data: "data", nodeName: "emqx@127.0.0.1" },
    ...unchanged,
  });
});

test("every option can be given", () => {
  const args = [
    "--http-port",
    "1",
    "--mqtt-port",
    "0",
    "--ws-port",
    "65535",
    "--host",
    "0.0.0.0",
    "--data",
    "d",
  ];
  expect(
    readOptions([...args, "--bootstrap-file", "keys", "--node-name=n@h", "--assets", "cdk.out"]),
  ).toEqual({
    ...{ httpPort: 1, mqttPort: 0, wsPort: 65_535, host: "0.0.0.0", data: "d" },
    ...{ bootstrapFile: "keys", nodeName: "n@h", assets: "cdk.out" },
    ...unchanged,
  });
});

test("every option can come from the environment, and an argument wins over it", () => {
  const values = [
    "1",
    "2",
    "3",
    "::1",
    "folder",
    "cdk.out",
    "etc/keys",
    "emqx@node",
    "root",
    "pass",
    "false",
  ];
  for (const [n, name] of variables.entries()) vi.stubEnv(name, values[n]);
  const expected = {
    ...{ httpPort: 1, mqttPort: 2, wsPort: 3, host: "::1", data: "folder" },
    ...{ assets: "cdk.out", bootstrapFile: "etc/keys", nodeName: "emqx@node" },
    ...{ dashboardUsername: "root", dashboardPassword: "pass", swaggerSupport: false },
  };
  expect(readOptions([])).toEqual(expected);
  expect(readOptions(["--http-port", "7"])).toEqual({ ...expected, httpPort: 7 });
});

describe("a port that is none ends the process with a message", () => {
  test.each(["65536", "-1", "1.5", "80a", "", " 80", "0x50"])("%j", (port) => {
    const { code, printed } = ending(`--mqtt-port=${port}`);
    expect(code).toBe(1);
    expect(printed).toContain("A port is a number up to 65535.");
  });

  test("also from the environment", () => {
    vi.stubEnv("FLEETGATE_WS_PORT", "eighty");
    expect(ending().printed).toContain("A port is a number up to 65535.");
  });
});

test("an unknown option ends the process and is named", () => {
  expect(ending("--htp-port", "1")).toEqual({ code: 1, printed: expect.stringContaining("--htp-port") });
});

test("--help names every option with its default and its variable, and ends well", () => {
  const { code, printed } = ending("--help");
  expect(code).toBe(0);
  for (const name of variables) expect(printed).toContain(name);
  for (const preset of ["18083", "1883", "8083", "127.0.0.1"]) expect(printed).toContain(preset);
});
