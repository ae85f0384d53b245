import * as z from "zod/mini";

const arn = (service: string) =>
  z.string().check(z.regex(new RegExp(`^arn:[^:]+:${service}:`), `not an ARN of ${service}`));

const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653,
] as const;

/** What differs between environments. */
const EnvironmentConfig = z.strictObject({
  /** Account and region to deploy to; the command line's, if absent. */
  account: z.optional(z.string().check(z.regex(/^\d{12}$/, "not an account number"))),
  region: z.optional(z.string().check(z.minLength(1))),
  /** Name of the node that the API shows. */
  nodeName: z._default(
    z.string().check(z.regex(/^[^@\s]+@[^@\s]+$/, "not of the form name@host")),
    "emqx@aws",
  ),
  /** Whether data outlives the stack, is protected from deletion and can be restored to any second. */
  keepData: z._default(z.boolean(), true),
  /** Days for which calls are kept in the audit log. */
  auditRetentionDays: z._default(z.int().check(z.gte(1), z.lte(365)), 30),
  /** Days after which an API key's secret must have been rotated; never, if absent. */
  apiKeyMaxAgeDays: z.optional(z.int().check(z.positive())),
  logRetentionDays: z._default(z.literal(retentionDays), 30),
  /** Requests per second, and at once, that the API takes. */
  throttle: z._default(
    z.strictObject({ rate: z.int().check(z.positive()), burst: z.int().check(z.positive()) }),
    {
      rate: 100,
      burst: 200,
    },
  ),
  /** An own name of the API, with its certificate in the same region. */
  domain: z.optional(z.strictObject({ name: z.string().check(z.minLength(1)), certificateArn: arn("acm") })),
  /** Origins whose pages may call the API from a browser; `*` stands for all. */
  corsOrigins: z._default(z.array(z.string().check(z.minLength(1))), []),
  /** Whether `/api-docs` is there. */
  swaggerSupport: z._default(z.boolean(), true),
  /** A web ACL that protects the API. */
  webAclArn: z.optional(arn("wafv2")),
  broker: z._default(
    z.strictObject({
      /** Host of the account's data endpoint (`iot:Data-ATS`); found out at deployment, if absent. */
      endpoint: z.optional(z.string().check(z.regex(/^[\w.-]+$/, "not a host name"))),
      /** What happens to messages with QoS 2, which IoT Core does not have. */
      qos2: z._default(z.enum(["refuse", "downgrade"]), "refuse"),
    }),
    { qos2: "refuse" },
  ),
  /** A secret whose text is a bootstrap file of API keys; one with an administrator key is made, if absent. */
  bootstrapSecretArn: z.optional(arn("secretsmanager")),
  /** The KMS key of that secret, unless it is AWS's own. */
  bootstrapSecretKeyArn: z.optional(arn("kms")),
  /** Where alarms go. */
  alarmTopicArn: z.optional(arn("sns")),
});

/** An environment as it is written down; what has a default may be left out. */
export type EnvironmentConfig = z.input<typeof EnvironmentConfig>;

/** An environment with its defaults. */
export type Settings = z.output<typeof EnvironmentConfig>;

/** Checks an environment. Throws an error that names each wrong key. */
export function readConfig(name: string, config: EnvironmentConfig): Settings {
  const result = EnvironmentConfig.safeParse(config);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    return `${[...issue.path, ...keys].join(".")}: ${keys.length > 0 ? "there is no such key" : issue.message}`;
  });
  throw new Error(`The environment "${name}" is not valid.\n${problems.join("\n")}`);
}
