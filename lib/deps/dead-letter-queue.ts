import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DeadLetters } from "./types.ts";

/** The dead-letter queue of the lifecycle events. */
export class DeadLetterQueue implements DeadLetters {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async send(event: string, cause: string): Promise<void> {
    const MessageAttributes = { cause: { DataType: "String", StringValue: cause } };
    await this.#client.send(
      new SendMessageCommand({ QueueUrl: this.#url, MessageBody: event, MessageAttributes }),
    );
  }
}
