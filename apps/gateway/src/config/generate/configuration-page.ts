import { gatewaySchema } from '../schema/gateway.schema.js';
import { facetsOf } from '../schema/facets.js';
import { phraseOf } from '../schema/phrase.js';
import { environmentKeys } from '../source/environment.js';
import { formatPath } from '../config-path.js';
import { MANAGEMENT_PATHS } from '../management-paths.js';
import { markdownTable } from './markdown-table.js';
import { sectionsOf, type KeyRow, type Section } from './reference-sections.js';

/** docs/configuration.md */
export function generateConfigurationPage(): string {
  const schema = gatewaySchema();
  const [root, ...sections] = sectionsOf(schema);
  return `${[
    introduction(),
    '## Environment variables',
    'A variable that is set and not empty overrides its key, whatever the file says.',
    environmentTable(schema),
    '## Keys',
    'In the paths below, `[]` stands for every entry of a list and `<name>` for a name of your own. A key without a default may be left out unless it is required.',
    keyTable(root.rows),
    ...sections.flatMap(sectionText),
  ].join('\n\n')}\n`;
}

function sectionText({ path, description, rows }: Section): string[] {
  const depth = path.split('.').filter((part) => part !== '<name>').length;
  const heading = `${'#'.repeat(Math.min(depth + 2, 5))} \`${path}\``;
  return [heading, description, keyTable(rows)].filter((part) => part !== '');
}

function keyTable(rows: readonly KeyRow[]): string {
  return markdownTable(
    ['Key', 'Type', 'Default', 'What it does'],
    rows.map(({ path, type, fallback, required, variable, description }) => [
      `\`${path}\``,
      typeText(type),
      required ? 'required' : fallback === null ? '' : `\`${fallback}\``,
      variable === null ? description : `${description} Environment: \`${variable}\`.`,
    ]),
  );
}

/** Quoted values and small mappings are code; prose around them stays prose. */
function typeText(type: string): string {
  return type.replace(/"[^"]*"|\{ [^}]* \}|\b(?:true|false|null)\b/g, (code) => `\`${code}\``);
}

function environmentTable(schema: ReturnType<typeof gatewaySchema>): string {
  const keys = environmentKeys(schema).map(({ variable, path, schema: key }) => {
    const { fallback } = facetsOf(key);
    return [
      `\`${variable}\``,
      `\`${formatPath(path)}\``,
      typeText(phraseOf([key])),
      fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``,
    ];
  });
  return markdownTable(
    ['Variable', 'Key', 'Type', 'Default'],
    [['`GATEWAY_CONFIG`', 'the file itself', 'path of a file', '`./gateway.yaml`, when it exists'], ...keys],
  );
}

const introduction =
  (): string => `<!-- Generated from the schema in apps/gateway/src/config/schema by \`make generate\`. Do not edit. -->

# Configuration

One file says everything the gateway does. It is YAML 1.2 or JSON, and it is checked as a whole before the gateway listens.

\`\`\`yaml
# yaml-language-server: $schema=./config/gateway.schema.json
server:
  port: \${PORT:-8080}
management:
  token: { file: /run/secrets/management-token }
upstreams:
  users:
    targets: [{ url: http://127.0.0.1:9001 }]
routes:
  - id: users
    match: { path: /api/v1/users/*, methods: [GET, POST] }
    upstream: users
\`\`\`

The first line gives completion and checks while you type, in every editor with a YAML language server. A JSON file says \`"$schema": "./config/gateway.schema.json"\` instead.

## Where values come from

Later ones win:

1. the defaults of the tables below;
2. the file: \`--config FILE\`, or else the one that \`GATEWAY_CONFIG\` names, or else \`./gateway.yaml\` when it exists;
3. the environment variables of the next section.

The result is one frozen snapshot. \`sluice print-config\` shows it with its secrets masked; its revision is a short hash of it, so two gateways with the same revision run the same configuration.

## Variables in the file

${variablesTable()}

They work in every value, also within a longer text (\`http://\${HOST}:9001\`), and not in keys. Inside of \`{ }\` and \`[ ]\` YAML wants them in quotes: \`{ url: "http://\${HOST}:9001" }\`. What comes out is read as the type that its key takes: \`port: \${PORT}\` is a number, and a token of digits stays text. Quotes change nothing about that, except that an empty value without them is null.

## Secrets

A key that holds a secret takes the text itself, or \`{ file: path }\`. The file is read once, when the configuration is loaded, and its final newline is dropped. No error, log line or \`print-config\` shows the value of a secret. Fields in header rules and conditions are masked by their name (\`authorization\`, \`cookie\`, and names with \`key\`, \`token\`, \`secret\` and the like).

Relative paths, those of secrets and certificates alike, start from the folder of the configuration file.

## When something is wrong

The process prints every mistake at once, does not listen, and exits with code 78. Each line says where, what, and often what was meant:

\`\`\`text
gateway.yaml:14:5 routes[1].upstrem: unknown key; did you mean "upstream"?
gateway.yaml:22:5 routes[2].upstream: no upstream is called "usres" (route "orders"); did you mean "users"?
API_GATEWAY_PORT (server.port): must be a whole number from 0 to 65535, not text
\`\`\`

Unknown keys are refused, as are duplicate keys, custom tags, merge keys (\`<<\`), more than one document, and a file of more than 5 MiB. Anchors and aliases work. \`sluice check FILE\` runs the same checks and starts nothing; \`sluice routes\` prints the routes that come out.

As long as \`management.port\` is null, the control plane shares the port of the traffic and no route may lie at or below ${listPaths()}.`;

function variablesTable(): string {
  return markdownTable(
    ['You write', 'You get'],
    [
      ['`${NAME}`', 'the value of the environment variable; an error when it is not set'],
      ['`${NAME:-default}`', 'the default when the variable is not set or empty'],
      ['`$${`', 'the characters `${` themselves'],
    ],
  );
}

function listPaths(): string {
  const quoted = MANAGEMENT_PATHS.map((path) => `\`${path}\``);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
