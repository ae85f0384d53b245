import type { EnvironmentConfig } from "./config.ts";

/** The environments that can be deployed, `npx cdk deploy -c env=<name>`. */
export const environments: Readonly<Record<string, EnvironmentConfig>> = {
  dev: {
    keepData: false,
    logRetentionDays: 7,
    corsOrigins: ["*"],
  },
  staging: {
    logRetentionDays: 14,
  },
  prod: {
    logRetentionDays: 90,
    throttle: { rate: 1_000, burst: 2_000 },
    swaggerSupport: false,
  },
};
