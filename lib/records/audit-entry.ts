/** A call that was made, as the access table holds it. Field names are EMQX's. [emqx_audit] */
export interface AuditEntry {
  /** Epoch microseconds. */
  created_at: number;
  node: string;
  from: "dashboard" | "rest_api";
  /** User name or `api_key`'s name; empty if nobody was let in. */
  source: string;
  source_ip: string;
  /** The route, `/users/:username`. */
  operation_id: string;
  operation_type: string;
  operation_result: "success" | "failure";
  http_status_code: number;
  http_method: string;
  duration_ms: number;
  http_request: {
    method: string;
    headers: Record<string, string>;
    bindings: Record<string, string>;
    /** JSON text without secrets. */
    body: string;
  };
  /** Why it failed; empty if it did not. */
  failure: { code: string; message: string } | "";
  request_id: string;
}
