import { Readable } from "node:stream";
import httpContentEncoding from "@middy/http-content-encoding";
import httpContentNegotiation from "@middy/http-content-negotiation";
import type { Middleware } from "./http-request.ts";

/** Answers shorter than this, in characters, are not worth compressing. */
const threshold = 1_024;

/**
 * Compresses answers as the caller accepts it. In streaming mode only a stream is compressed into bytes; a text would
 * become base64, which nobody decodes there.
 */
export function compressAnswer(): Middleware[] {
  return [
    httpContentNegotiation({
      parseCharsets: false,
      parseLanguages: false,
      parseMediaTypes: false,
      availableEncodings: ["gzip", "deflate"],
      failOnMismatch: false,
    }) as Middleware,
    httpContentEncoding() as Middleware,
    {
      after: ({ response, context }) => {
        if (typeof response?.body !== "string") return;
        const { preferredEncoding } = context as { preferredEncoding?: string };
        if (preferredEncoding === undefined) return;
        if (response.body.length >= threshold) response.body = Readable.from([response.body]);
        else Object.assign(context, { preferredEncoding: undefined });
      },
    },
  ];
}
