import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

// In a thread jest transforms nothing: this lets it read the sources as the tests do.
registerHooks({
  resolve(specifier, context, next) {
    const source = specifier.startsWith('.') ? specifier.replace(/\.js$/, '.ts') : specifier;
    try {
      return next(source, context);
    } catch (error) {
      if (source === specifier) throw error;
      return next(specifier, context);
    }
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), {
      filename: fileURLToPath(url),
      sourceMaps: 'inline',
      module: { type: 'es6' },
      jsc: { target: 'es2024', parser: { syntax: 'typescript', decorators: true } },
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
