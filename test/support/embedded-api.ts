import { IoTDataPlaneClient } from "@aws-sdk/client-iot-data-plane";
import { IotCoreBroker } from "../../lib/broker/iot-core/broker.ts";
import { EmbeddedSetup } from "./embedded-setup.ts";
import { TestApi } from "./test-api.ts";

/** The API before the embedded broker, which listens for MQTT clients. */
export class EmbeddedApi {
  readonly api: TestApi;
  readonly setup: EmbeddedSetup;

  static async start(): Promise<EmbeddedApi> {
    const setup = await EmbeddedSetup.start();
    return new EmbeddedApi(await TestApi.start({ broker: setup.broker }), setup);
  }

  private constructor(api: TestApi, setup: EmbeddedSetup) {
    this.api = api;
    this.setup = setup;
  }

  /** Ends every client with its session. */
  async kickEveryone(): Promise<void> {
    for (const id of new Set(this.setup.events.map(({ clientId }) => clientId)))
      await this.setup.broker.kick(id);
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.setup.close();
  }
}

/** The API before AWS IoT Core, at an address where nothing answers. */
export function startIotCoreApi(): Promise<TestApi> {
  const client = new IoTDataPlaneClient({ endpoint: "http://127.0.0.1:9", region: "eu-west-1" });
  return TestApi.start({ broker: new IotCoreBroker(client) });
}
