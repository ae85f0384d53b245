/** Origins whose pages may call the API from a browser, by the environment; `*` stands for all, none is the default. */
export function corsOrigins(): string[] {
  return (process.env.CORS_ORIGINS ?? "").split(",").filter((origin) => origin !== "");
}
