import { fromEnv } from "@aws-sdk/credential-provider-env";

/**
 * Takes the place of the SDK's chain of credential providers in bundles: Lambda gives credentials by environment
 * variables, and the other providers would only be loaded.
 */
export const defaultProvider = () => fromEnv();
