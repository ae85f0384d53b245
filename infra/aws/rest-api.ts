import { Names, RemovalPolicy } from "aws-cdk-lib";
import {
  AccessLogFormat,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  ResponseTransferMode,
  ResponseType,
  RestApi,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigateway";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import { gatewayResponses } from "../../lib/contract/gateway-responses.ts";
import { gatewayRoutes, stage } from "../../lib/contract/gateway-routes.ts";
import type { Resource } from "../../lib/contract/resource.ts";
import type { Settings } from "./config.ts";

export interface ServedResource {
  resource: Resource;
  lambda: IFunction;
}

/** The REST API: the routes of the registry, each method to the function of its resource, answers streamed. */
export function createRestApi(
  scope: Construct,
  id: string,
  served: readonly ServedResource[],
  settings: Settings,
): RestApi {
  const accessLog = new LogGroup(scope, "AccessLog", {
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const api = new RestApi(scope, id, {
    // Metrics go by this name, so that it differs between environments.
    restApiName: Names.uniqueResourceName(scope, { maxLength: 128 }),
    description: "Fleetgate: the EMQX 5.8 management API",
    endpointTypes: [EndpointType.REGIONAL],
    cloudWatchRole: true,
    deployOptions: {
      stageName: stage,
      metricsEnabled: true,
      tracingEnabled: true,
      throttlingRateLimit: settings.throttle.rate,
      throttlingBurstLimit: settings.throttle.burst,
      accessLogDestination: new LogGroupLogDestination(accessLog),
      accessLogFormat: AccessLogFormat.jsonWithStandardFields({
        ...{ caller: false, user: false, httpMethod: true, ip: true, protocol: true },
        ...{ requestTime: true, resourcePath: true, responseLength: true, status: true },
      }),
    },
  });
  for (const { resource, lambda } of served) {
    const integration = new LambdaIntegration(lambda, {
      scopePermissionToMethod: false,
      responseTransferMode: ResponseTransferMode.STREAM,
    });
    for (const path of gatewayRoutes(resource)) api.root.resourceForPath(path).addMethod("ANY", integration);
  }
  addGatewayResponses(api);
  if (settings.domain) addDomain(scope, api, settings.domain);
  if (settings.webAclArn) {
    new CfnWebACLAssociation(scope, "WebAcl", {
      resourceArn: api.deploymentStage.stageArn,
      webAclArn: settings.webAclArn,
    });
  }
  return api;
}

function addGatewayResponses(api: RestApi): void {
  for (const [name, { status, body, ...rest }] of Object.entries(gatewayResponses)) {
    api.addGatewayResponse(name, {
      type: ResponseType.of(name),
      statusCode: String(status),
      templates: { "application/json": JSON.stringify(body) },
      ...("headers" in rest && { responseHeaders: quoted(rest.headers) }),
    });
  }
}

/** Static values of API Gateway's mappings stand in single quotes. */
function quoted(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}

/** The stage's name is the base path, so that the URLs are EMQX's under the own name too. */
function addDomain(scope: Construct, api: RestApi, domain: NonNullable<Settings["domain"]>): void {
  api.addDomainName("Domain", {
    domainName: domain.name,
    basePath: stage,
    certificate: Certificate.fromCertificateArn(scope, "Certificate", domain.certificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
}
