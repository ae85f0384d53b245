import { log } from "../../log.ts";
import { isTopicFilter } from "../../mqtt/filter-syntax.ts";
import { type CompiledRule, compileRule, rewriteFilter, rewriteTopic } from "../../mqtt/rewrite-topic.ts";
import { isTopicName } from "../../mqtt/topic.ts";
import type { RewriteRule } from "../../records/topic-rewrite.ts";
import type { TopicRewriting } from "../broker.ts";
import type { ClientIdentity, Extension, PassingMessage } from "./extension.ts";
import { topicRefusal } from "./limits.ts";

/** A rule that was taken before some limit came is left out. */
function ready(rule: RewriteRule): CompiledRule[] {
  try {
    return [compileRule(rule)];
  } catch (error) {
    log("warn", "a rewrite rule is not used", { rule, error });
    return [];
  }
}

/**
 * Changes topics of clients by rules: of their messages, wills included, and of what they subscribe to and
 * unsubscribe from. Messages of the API go where they were sent, as in EMQX 5.8. What a rule would make of a topic is
 * ignored if nobody could publish or subscribe to it.
 */
export class TopicRewrite implements Extension, TopicRewriting {
  #publish: readonly CompiledRule[] = [];
  #subscribe: readonly CompiledRule[] = [];

  configure(rules: readonly RewriteRule[]): void {
    const compiled = rules.flatMap(ready);
    this.#publish = compiled.filter(({ action }) => action !== "subscribe");
    this.#subscribe = compiled.filter(({ action }) => action !== "publish");
  }

  rewriteFilter(filter: string, client: ClientIdentity): string {
    const changed = rewriteFilter(filter, this.#subscribe, client);
    return isTopicFilter(changed) && !topicRefusal(changed) ? changed : filter;
  }

  arrives(message: PassingMessage, sender: ClientIdentity | undefined): PassingMessage {
    if (!sender) return message;
    const topic = rewriteTopic(message.topic, this.#publish, sender);
    const allowed = isTopicName(topic) && !topicRefusal(topic) && !topic.startsWith("$SYS/");
    return allowed ? { ...message, topic } : message;
  }
}
