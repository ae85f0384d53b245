import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Resource } from "../../lib/contract/resource.ts";
import type { LambdaFunction } from "../../lib/http/serve.ts";
import type { DeployedFunction } from "./gateway.ts";

/** The part of a synthesised function that is needed to run it. */
interface SynthesisedFunction {
  Type: string;
  Properties: {
    Description?: string;
    Handler: string;
    /** Of an asset, `<hash>.zip`; its files are in the folder `asset.<hash>`. */
    Code: { S3Key?: string };
    Environment?: { Variables: Record<string, unknown> };
  };
}

/** What the variables of functions refer to, played by the local environment. */
export interface PlayedServices {
  accessTable: string;
  registryTable: string;
  dynamoEndpoint: string;
  iotEndpoint: string;
  sqsEndpoint: string;
}

/**
 * Loads the functions of the API as they are deployed: the bundles of a cloud assembly (`cdk.out`), with the
 * variables that its template gives them. References to resources are replaced by what plays them here.
 */
export function loadDeployedFunctions(
  assembly: string,
  resources: readonly Resource[],
  services: PlayedServices,
): DeployedFunction[] {
  const functions = functionsOf(assembly);
  return resources.map((resource) => {
    const found = functions.find(
      ({ Properties }) => Properties.Description === `Fleetgate: ${resource.name}`,
    );
    if (!found) throw new Error(`${assembly} has no function for ${resource.name}`);
    Object.assign(process.env, environmentOf(found, services));
    return { resource, run: load(assembly, found) };
  });
}

function functionsOf(assembly: string): SynthesisedFunction[] {
  const [template] = readdirSync(assembly).filter((file) => file.endsWith(".template.json"));
  if (!template) throw new Error(`${assembly} holds no template; make one with npx cdk synth`);
  const { Resources } = JSON.parse(readFileSync(join(assembly, template), "utf8")) as {
    Resources: Record<string, SynthesisedFunction>;
  };
  return Object.values(Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
}

function environmentOf(
  { Properties }: SynthesisedFunction,
  services: PlayedServices,
): Record<string, string> {
  const played = {
    ACCESS_TABLE: services.accessTable,
    REGISTRY_TABLE: services.registryTable,
    IOT_ENDPOINT: services.iotEndpoint,
    DELAY_QUEUE_URL: `${services.sqsEndpoint}/queue`,
  };
  const given = Object.entries(Properties.Environment?.Variables ?? {});
  const plain = given.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return {
    ...Object.fromEntries(plain),
    ...Object.fromEntries(Object.entries(played).filter(([name]) => given.some(([known]) => known === name))),
    AWS_REGION: "local",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: services.dynamoEndpoint,
    AWS_ENDPOINT_URL_SQS: services.sqsEndpoint,
  };
}

function load(assembly: string, { Properties }: SynthesisedFunction): LambdaFunction {
  const folder = join(assembly, `asset.${Properties.Code.S3Key?.replace(/\.zip$/, "")}`);
  const [file = "", name = ""] = Properties.Handler.split(".");
  const module = createRequire(import.meta.url)(join(folder, `${file}.cjs`)) as Record<
    string,
    LambdaFunction
  >;
  const handler = module[name];
  if (!handler) throw new Error(`${folder} exports no ${name}`);
  return handler;
}
