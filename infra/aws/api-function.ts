import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import { isAudited, needsOf, type Resource } from "../../lib/contract/resource.ts";
import { FleetgateFunction, type FunctionContext } from "./function.ts";
import { auditGrants, authenticationGrants } from "./grants.ts";

/** API Gateway waits so long for a function. */
const apiTimeout = Duration.seconds(29);

/** The function of a resource of the API. */
export class ApiFunction extends Construct {
  readonly lambda: FleetgateFunction;

  constructor(scope: Construct, id: string, resource: Resource, context: FunctionContext) {
    super(scope, id);
    this.lambda = new FleetgateFunction(this, "Function", {
      name: resource.name,
      description: resource.name,
      needs: needsOf(resource),
      timeout: apiTimeout,
      grants: [
        ...authenticationGrants(context.targets),
        ...(isAudited(resource) ? auditGrants(context.targets) : []),
      ],
      context,
    });
  }
}
