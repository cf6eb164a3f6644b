import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { ConfigProblem } from '../config-error.js';
import { appendToPath } from '../config-path.js';
import { isPlainObject } from '../deep-readonly.js';
import { childrenOf, facetsOf } from '../schema/facets.js';
import { readBoundedFile } from './bounded-file.js';

const SECRET_BYTES_MAX = 65_536;

/**
 * Puts the content of its file in the place of each secret that is given as `{ file: path }`, and makes the other paths
 * of files absolute. Changes the value that it gets.
 *
 * @param folder what relative paths start from: the folder of the configuration file
 */
export function resolveFiles(root: Record<string, unknown>, schema: z.core.$ZodType, folder: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];

  const visit = (value: unknown, schemas: readonly z.core.$ZodType[], path: string): unknown => {
    const annotations = schemas.map((each) => facetsOf(each).annotation);
    if (annotations.some(({ secret }) => secret) && isPlainObject(value) && typeof value.file === 'string') {
      return Object.keys(value).length === 1 ? readSecret(resolve(folder, value.file), path, problems) : value;
    }
    if (annotations.some(({ file }) => file) && typeof value === 'string' && value !== '') {
      return requireFile(resolve(folder, value), path, problems);
    }
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        value[index] = visit(item, childrenOf(schemas, index), appendToPath(path, index));
      });
    } else if (isPlainObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        value[key] = visit(item, childrenOf(schemas, key), appendToPath(path, key));
      }
    }
    return value;
  };

  visit(root, [schema], '');
  return problems;
}

function readSecret(file: string, path: string, problems: ConfigProblem[]): unknown {
  const read = readBoundedFile(file, SECRET_BYTES_MAX);
  if ('text' in read) {
    const secret = read.text.replace(/\r?\n$/, '');
    if (secret !== '') return secret;
  }
  const failure = 'failure' in read ? read.failure : 'is empty';
  problems.push({ path, message: `the file of the secret cannot be used: ${file}: ${failure}` });
  return { file };
}

function requireFile(file: string, path: string, problems: ConfigProblem[]): string {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    problems.push({ path, message: `cannot read ${file}` });
  }
  return file;
}
