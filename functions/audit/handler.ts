import { serve } from "../../lib/http/serve.ts";
import type { AuditEntry } from "../../lib/records/audit-entry.ts";
import { rfc3339 } from "../../lib/records/time.ts";
import { audit as resource } from "./contract.ts";

export const handler = serve(resource, {
  async listAudit({ query }, { audit }) {
    const { page, limit, gte_created_at = 0, lte_created_at = Number.MAX_SAFE_INTEGER, ...filters } = query;
    const { gte_duration_ms = 0, lte_duration_ms = Number.POSITIVE_INFINITY, ...exact } = filters;
    const conditions = Object.entries(exact).filter(([, value]) => value !== undefined);
    const matches = (entry: AuditEntry) =>
      entry.duration_ms >= gte_duration_ms &&
      entry.duration_ms <= lte_duration_ms &&
      conditions.every(([name, value]) => entry[name as keyof AuditEntry] === value);
    const offset = (page - 1) * limit;
    const found = (await audit.newest({ from: gte_created_at, to: lte_created_at })).filter(matches);
    const meta = { page, limit, hasnext: found.length > offset + limit, count: found.length };
    return { data: found.slice(offset, offset + limit).map(view), meta };
  },
});

function view(entry: AuditEntry) {
  return { ...entry, created_at: microseconds(entry.created_at), args: "" } as const;
}

/** Epoch microseconds as RFC 3339 with six fraction digits. */
const microseconds = (at: number) =>
  rfc3339(Math.floor(at / 1000)).replace("+", `${String(at % 1000).padStart(3, "0")}+`);
