import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { deepFreeze, isPlainObject } from './deep-readonly.js';
import { revisionOf } from './revision.js';
import {
  gatewaySchema,
  type GatewayConfig,
  type GatewayConfigInput,
  type GatewaySchema,
  type RouteExtension,
} from './schema/gateway.schema.js';
import type { SemanticCheck } from './semantics/semantic-check.js';
import { findWarnings } from './semantics/warnings.js';
import { readConfigFile, type Written } from './source/config-file.js';
import { copyObject } from './source/copy-object.js';
import { applyEnvironment } from './source/environment.js';
import { resolveFiles } from './source/file-references.js';
import { Places } from './source/places.js';
import type { Environment } from './source/variables.js';
import { validate } from './validation/validate.js';

/** A configuration that was found right, frozen all the way down. */
export interface LoadedConfig {
  readonly config: GatewayConfig;
  /** Short hash of the effective configuration, secrets included: equal for equal ones. */
  readonly revision: string;
  /** Absolute path of the file; null when there was none. */
  readonly file: string | null;
  /** What is allowed and probably not meant. */
  readonly warnings: readonly ConfigProblem[];
  /** What another thread makes the same configuration from. */
  readonly source: ConfigSource;
}

/** A configuration that was found right, as plain data: what was written, with variables and secrets in their places. */
export interface ConfigSource {
  readonly written: Record<string, unknown>;
  readonly revision: string;
  readonly file: string | null;
}

export interface CheckOptions {
  /** Keys that custom stages add to routes. */
  readonly extensions?: readonly RouteExtension[];
  /** Checks between values, beside the built-in ones. */
  readonly checks?: readonly SemanticCheck[];
}

export interface LoadOptions extends CheckOptions {
  /** The file; null reads none; by default the one that GATEWAY_CONFIG names, or ./gateway.yaml when it exists. */
  readonly file?: string | null;
  readonly env: Environment;
  /** Folder that relative file names start from. */
  readonly cwd: string;
}

export interface ParseOptions extends CheckOptions {
  /** Folder that relative file names start from. Default: the working directory. */
  readonly cwd?: string;
}

/** As GatewayConfigInput, with the keys of custom stages. */
export type ConfigObject = Omit<GatewayConfigInput, 'routes'> & {
  routes?: (NonNullable<GatewayConfigInput['routes']>[number] & Record<string, unknown>)[];
};

/**
 * Reads the configuration: defaults, then the file, then the environment variables of annotated keys.
 *
 * @throws ConfigError with everything that is wrong
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const name = chooseFile(options);
  const file = name === null ? null : resolve(options.cwd, name);
  const folder = file === null ? options.cwd : dirname(file);
  const schema = gatewaySchema(options.extensions);
  const places = new Places();
  const written = file === null ? { value: {}, problems: [] } : readConfigFile(file, schema, options.env, places);
  if (written.value !== null) applyEnvironment(written.value, schema, options.env, places);
  return check(written, { schema, checks: options.checks ?? [], folder, file, name, places });
}

/**
 * Checks a configuration that is given as an object, as a file of the same content would be. Nothing is read from the
 * environment, and `${…}` stays as it is.
 *
 * @throws ConfigError with everything that is wrong
 */
export function parseConfigObject(input: ConfigObject, options: ParseOptions = {}): LoadedConfig {
  const { value, problems } = copyObject(input);
  const written = isPlainObject(value)
    ? { value, problems }
    : { value: null, problems: [{ path: '', message: 'must be an object' }] };
  const folder = options.cwd ?? process.cwd();
  const schema = gatewaySchema(options.extensions);
  return check(written, { schema, checks: options.checks ?? [], folder, file: null, name: null, places: new Places() });
}

interface Origin {
  readonly schema: GatewaySchema;
  readonly checks: readonly SemanticCheck[];
  /** Folder of the file: relative paths inside of it start from there. */
  readonly folder: string;
  readonly file: string | null;
  /** The file as the user called it. */
  readonly name: string | null;
  readonly places: Places;
}

function check({ value, problems }: Written, { schema, checks, folder, file, name, places }: Origin): LoadedConfig {
  const fail = (all: readonly ConfigProblem[]): never => {
    throw new ConfigError(all.map((problem) => places.locate(problem)).sort(byPlace), name);
  };
  if (value === null) return fail(problems);
  const early = [...problems, ...resolveFiles(value, schema, folder)];
  const validated = validate(value, schema, checks);
  if (early.length > 0 || validated.config === null) {
    // What could not be read is not also blamed for being wrong.
    const unread = new Set(early.map(({ path }) => path));
    return fail([...early, ...validated.problems.filter(({ path }) => !unread.has(path))]);
  }
  const revision = revisionOf(validated.config);
  return Object.freeze({
    config: deepFreeze(validated.config),
    revision,
    file,
    warnings: Object.freeze(findWarnings(validated.config).map((warning) => places.locate(warning))),
    source: { written: value, revision, file },
  });
}

/**
 * Makes a configuration that was loaded elsewhere in this process. It reads nothing: not the file, nor the environment,
 * nor secrets, which may have changed since.
 *
 * @throws ConfigError when the keys that custom stages add are others here
 */
export function restoreConfig(source: ConfigSource, extensions: readonly RouteExtension[] = []): LoadedConfig {
  const { written, revision, file } = source;
  const { config, problems } = validate(written, gatewaySchema(extensions), []);
  if (config === null) throw new ConfigError(problems, file);
  return Object.freeze({ config: deepFreeze(config), revision, file, warnings: [], source });
}

function chooseFile({ file, env, cwd }: LoadOptions): string | null {
  if (file !== undefined) return file;
  if (env.GATEWAY_CONFIG !== undefined && env.GATEWAY_CONFIG !== '') return env.GATEWAY_CONFIG;
  return existsSync(resolve(cwd, 'gateway.yaml')) ? 'gateway.yaml' : null;
}

/** In the order of the file; what comes from elsewhere stands at the end. */
function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? Infinity) - (b.line ?? Infinity) || (a.column ?? 0) - (b.column ?? 0);
}
