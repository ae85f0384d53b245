/** Aedes's limit for topic names and filters. */
export const maxTopicLevels = 100;
