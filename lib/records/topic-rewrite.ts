/** Name of the document with the rules. */
export const topicRewriteDocument = "topic_rewrite";

/** Changes topics on their way into the broker. [emqx_rewrite] */
export interface RewriteRule {
  /** What is changed: topics of messages, filters of subscriptions, or both. */
  action: "publish" | "subscribe" | "all";
  /** Topic filter; the rule decides about the topics that it matches. */
  source_topic: string;
  /** Regular expression; a topic in which it is not found stays as it is. */
  re: string;
  /** What the topic becomes; may hold `$1` to `$9`, `${clientid}` and `${username}`. */
  dest_topic: string;
}
