import type { APIGatewayProxyEvent } from "aws-lambda";
import { defineResource } from "../../lib/contract/resource.ts";
import type { LambdaFunction } from "../../lib/http/serve.ts";
import { behindGateway, type ServedFunctions } from "./behind-gateway.ts";
import { type RawAnswer, rawRequest } from "./raw-request.ts";

const resource = defineResource({
  name: "things",
  tag: "Things",
  operations: {
    list: { route: "GET /things", summary: "", answers: { 200: null } },
    get: { route: "GET /things/{id}", summary: "", answers: { 200: null } },
    check: { route: "GET /health", summary: "", outsidePrefix: "too", answers: { 200: null } },
  },
});

export const answerOk: LambdaFunction = async (_, stream) => {
  awslambda.HttpResponseStream.from(stream, { statusCode: 200 }).end("ok");
};

/** A function behind the local gateway, for `/things` and `/health`, that does what a test chooses. */
export class ChosenFunction {
  /** What it was called with. */
  readonly events: APIGatewayProxyEvent[] = [];
  run: LambdaFunction = answerOk;
  readonly #served: Promise<ServedFunctions>;

  constructor() {
    this.#served = behindGateway({
      resource,
      run: (event, stream, context) => {
        this.events.push(event);
        return this.run(event, stream, context);
      },
    });
  }

  async address(): Promise<string> {
    return (await this.#served).base;
  }

  async send(path: string, options?: Parameters<typeof rawRequest>[2]): Promise<RawAnswer> {
    return rawRequest(await this.address(), path, options);
  }

  async close(): Promise<void> {
    (await this.#served).close();
  }
}
