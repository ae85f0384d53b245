import httpCors from "@middy/http-cors";
import type { Middleware } from "./http-request.ts";

/** Lets pages of the given origins call the API from a browser, and answers their preflights. */
export function cors(origins: string[]): Middleware[] {
  if (origins.length === 0) return [];
  return [
    httpCors({
      origins,
      disableBeforePreflightResponse: false,
      headers: "authorization,content-type",
      methods: "GET,POST,PUT,DELETE",
      maxAge: 600,
    }) as Middleware,
  ];
}
