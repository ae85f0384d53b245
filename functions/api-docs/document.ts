import { openApiDocument } from "../../lib/contract/openapi.ts";
import type { Resource } from "../../lib/contract/resource.ts";
import * as resources from "../index.ts";

/** The OpenAPI document of everything that is served. */
export const document = openApiDocument(Object.values<Resource>(resources));
