/** Roles of API keys, as in EMQX's enterprise edition. [emqx_dashboard_rbac] */
export const roles = ["administrator", "viewer", "publisher"] as const;

export type Role = (typeof roles)[number];

/** Who may call an operation that does not say so itself: everyone who may read, or administrators only. */
export function defaultRoles(method: string): readonly Role[] {
  return method === "GET" ? ["administrator", "viewer"] : ["administrator"];
}

/** Whether a text names a role; case matters. */
export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
