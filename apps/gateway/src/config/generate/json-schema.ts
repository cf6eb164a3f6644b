import { z } from 'zod';
import { gatewaySchema } from '../schema/gateway.schema.js';
import { formatJson } from './json-text.js';

type Json = Readonly<Record<string, unknown>>;

/** A text that is made of variables can become anything when it is expanded. */
const WITH_VARIABLE = { type: 'string', pattern: '\\$\\{' };

/** The schema for editors: draft 7, which the language servers of YAML and JSON know best. */
export function generateJsonSchema(): string {
  const { $schema, properties, ...rest } = z.toJSONSchema(gatewaySchema(), { target: 'draft-7', io: 'input' });
  const schema = {
    $schema,
    title: 'Configuration of the Sluice gateway',
    ...rest,
    properties: {
      $schema: { type: 'string', description: 'Names this schema in a JSON file; the gateway does not read it.' },
      ...mapValues(properties ?? {}, relax),
    },
  };
  return formatJson(schema);
}

/** Lets `${…}` stand where the schema asks for more than text, since files are checked before they are expanded. */
function relax(node: unknown): Json {
  const { anyOf, ...own } = node as Json;
  const inner = Array.isArray(anyOf) ? flatten(anyOf as Json[]) : null;
  const { description, default: fallback, ...shape } = own;
  const alternatives = (inner ?? [shape]).map(relaxParts);
  if (alternatives.some(isClosed) && !alternatives.some(isFreeText)) alternatives.push(WITH_VARIABLE);
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(alternatives.length === 1 ? alternatives[0] : { anyOf: alternatives }),
  };
}

/** Alternatives of alternatives are alternatives, and constants side by side are an enumeration. */
function flatten(nodes: readonly Json[]): Json[] {
  const all = nodes.flatMap((node) => {
    const { anyOf } = node;
    return Array.isArray(anyOf) ? flatten(anyOf as Json[]) : [node];
  });
  const constants = all.filter((node) => 'const' in node);
  if (constants.length < 2) return all;
  return [{ enum: constants.map((node) => node.const) }, ...all.filter((node) => !('const' in node))];
}

function relaxParts(node: Json): Json {
  const parts: Record<string, unknown> = { ...node };
  if (isRecord(parts.properties)) parts.properties = mapValues(parts.properties, relax);
  if (isRecord(parts.additionalProperties)) parts.additionalProperties = relax(parts.additionalProperties);
  if (isRecord(parts.items)) parts.items = relax(parts.items);
  // zod's name for a check, not a format of JSON Schema; the pattern beside it says the same.
  if (parts.format === 'starts_with') delete parts.format;
  // The limits of what a number can hold exactly say nothing to a reader.
  if (parts.maximum === Number.MAX_SAFE_INTEGER) delete parts.maximum;
  if (parts.minimum === Number.MIN_SAFE_INTEGER) delete parts.minimum;
  return parts;
}

function isFreeText(node: Json): boolean {
  return hasType(node, 'string') && !['pattern', 'enum', 'const'].some((key) => key in node);
}

function isClosed(node: Json): boolean {
  const scalar = ['string', 'number', 'integer', 'boolean'].some((type) => hasType(node, type));
  return (scalar || 'enum' in node || 'const' in node) && !isFreeText(node);
}

function hasType(node: Json, type: string): boolean {
  return Array.isArray(node.type) ? node.type.includes(type) : node.type === type;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues(record: Json, change: (value: unknown) => Json): Record<string, Json> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
