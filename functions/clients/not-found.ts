/** How every operation fails whose client has no session. */
export const notFound = [404, "CLIENTID_NOT_FOUND", "Client ID not found"] as const;
