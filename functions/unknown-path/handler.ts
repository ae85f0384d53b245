import { serve } from "../../lib/http/serve.ts";
import { unknownPath } from "./contract.ts";

export const handler = serve(unknownPath, {});
