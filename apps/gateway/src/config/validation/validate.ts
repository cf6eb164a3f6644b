import type { ConfigProblem } from '../config-error.js';
import type { GatewayConfig, GatewaySchema } from '../schema/gateway.schema.js';
import { checkSemantics } from '../semantics/index.js';
import type { SemanticCheck } from '../semantics/semantic-check.js';
import { explainIssue } from './explain-issue.js';
import { salvage } from './salvage.js';

export type Validated = { config: GatewayConfig; problems: [] } | { config: null; problems: ConfigProblem[] };

/**
 * Checks a value against the schema and what lies beyond it. What the schema refuses does not hide the rest: the
 * mistakes between the parts that are fine are found in the same run.
 */
export function validate(input: unknown, schema: GatewaySchema, more: readonly SemanticCheck[]): Validated {
  const parsed = schema.safeParse(input, { reportInput: false });
  if (parsed.success) {
    const problems = checkSemantics(parsed.data, more);
    return problems.length === 0 ? { config: parsed.data, problems: [] } : { config: null, problems };
  }
  const issues = parsed.error.issues.flatMap((issue) => explainIssue(issue, { schema, input }));
  const salvaged = salvage(input, schema);
  const between =
    salvaged === null ? [] : checkSemantics(salvaged.config, more).map((problem) => salvaged.restorePlace(problem));
  return { config: null, problems: [...issues, ...between] };
}
