import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { BootstrapSecret } from "./types.ts";

/** The deployment's secret in Secrets Manager. */
export class StoredBootstrapSecret implements BootstrapSecret {
  readonly #client: SecretsManagerClient;
  readonly #arn: string;

  constructor(client: SecretsManagerClient, arn: string) {
    this.#client = client;
    this.#arn = arn;
  }

  async read(): Promise<string> {
    const { SecretString = "" } = await this.#client.send(new GetSecretValueCommand({ SecretId: this.#arn }));
    return SecretString;
  }
}
