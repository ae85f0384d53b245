import {
  EndpointType,
  LambdaIntegration,
  ResponseTransferMode,
  ResponseType,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { gatewayResponses } from "../../lib/contract/gateway-responses.ts";
import { gatewayRoutes } from "../../lib/contract/gateway-routes.ts";
import type { Resource } from "../../lib/contract/resource.ts";

/** The API's stage; it makes the URLs begin with `/api/v5`, as EMQX's do. */
const stageName = "api";

export interface ServedResource {
  resource: Resource;
  lambda: IFunction;
}

/** The REST API: the routes of the registry, each method to the function of its resource, answers streamed. */
export function createRestApi(scope: Construct, id: string, served: readonly ServedResource[]): RestApi {
  const api = new RestApi(scope, id, {
    description: "Fleetgate: the EMQX 5.8 management API",
    endpointTypes: [EndpointType.REGIONAL],
    cloudWatchRole: false,
    deployOptions: { stageName, metricsEnabled: true },
  });
  for (const { resource, lambda } of served) {
    const integration = new LambdaIntegration(lambda, {
      scopePermissionToMethod: false,
      responseTransferMode: ResponseTransferMode.STREAM,
    });
    for (const path of gatewayRoutes(resource)) api.root.resourceForPath(path).addMethod("ANY", integration);
  }
  for (const [name, { status, body, ...rest }] of Object.entries(gatewayResponses)) {
    api.addGatewayResponse(name, {
      type: ResponseType.of(name),
      statusCode: String(status),
      templates: { "application/json": JSON.stringify(body) },
      ...("headers" in rest && { responseHeaders: quoted(rest.headers) }),
    });
  }
  return api;
}

/** Static values of API Gateway's mappings stand in single quotes. */
function quoted(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}
