/** Orders texts by their bytes in UTF-8, as DynamoDB orders sort keys and EMQX names. */
export const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
