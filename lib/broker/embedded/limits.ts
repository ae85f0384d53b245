/** Aedes's limit for topic names and filters. */
const maxTopicLevels = 100;

/** Why the embedded broker does not take a topic name or filter; `undefined` if it does. */
export function topicRefusal(topic: string): string | undefined {
  if (topic.split("/").length <= maxTopicLevels) return undefined;
  return `The embedded broker takes topics with ${maxTopicLevels} levels at most`;
}
