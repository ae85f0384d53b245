import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type DelayQueue, type DueMessage, queueHorizon } from "../delayed/delay-queue.ts";

/** A queue of SQS, whose message timers hold each message back until less than a second before it is due. */
export class DelayTimers implements DelayQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async push(due: DueMessage): Promise<void> {
    const left = Math.floor((due.expected_at - Date.now()) / 1_000);
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#url,
        MessageBody: JSON.stringify(due),
        DelaySeconds: Math.min(Math.max(left, 0), queueHorizon / 1_000),
      }),
    );
  }
}
