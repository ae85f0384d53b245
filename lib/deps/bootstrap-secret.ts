import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { BootstrapSecret } from "./types.ts";

/** The deployment's secrets in Secrets Manager. */
export class StoredBootstrapSecret implements BootstrapSecret {
  readonly #client: SecretsManagerClient;
  readonly #arns: { keys: string; password: string };

  constructor(client: SecretsManagerClient, arns: { keys: string; password: string }) {
    this.#client = client;
    this.#arns = arns;
  }

  readKeys(): Promise<string> {
    return this.#read(this.#arns.keys);
  }

  readPassword(): Promise<string> {
    return this.#read(this.#arns.password);
  }

  async #read(SecretId: string): Promise<string> {
    const { SecretString = "" } = await this.#client.send(new GetSecretValueCommand({ SecretId }));
    return SecretString;
  }
}
