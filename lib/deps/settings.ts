/** Age in seconds after which a secret of an API key is not accepted any more, by the environment; none is the default. */
export function apiKeyMaxAge(): number {
  const days = Number(process.env.API_KEY_MAX_AGE_DAYS);
  return days > 0 ? days * 86_400 : Number.POSITIVE_INFINITY;
}

/** Origins whose pages may call the API from a browser, by the environment; `*` stands for all, none is the default. */
export function corsOrigins(): string[] {
  return (process.env.CORS_ORIGINS ?? "").split(",").filter((origin) => origin !== "");
}
