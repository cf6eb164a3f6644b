/**
 * For `node --import`: loads the TypeScript of this tree as it is, with counters in what is to be fuzzed. In each thread.
 * Node runs this file by stripping its types, so it may hold nothing else, and imports nothing of ours before its hooks
 * stand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = new URL('../../../', import.meta.url);
const fuzzed = ['apps/', 'libs/'].map((folder) => new URL(folder, root).href);

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  isolatedModules: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  inlineSourceMap: true,
};

let counters: ts.TransformerFactory<ts.SourceFile> | null = null;

registerHooks({
  resolve(specifier, context, next) {
    const library = /^@app\/([^/]+)$/.exec(specifier);
    if (library !== null) return next(new URL(`libs/${library[1]}/src/index.ts`, root).href, context);
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.startsWith(root.href)) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(source)) return next(source.href, context);
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts') || !url.startsWith(root.href) || url.includes('/node_modules/')) return next(url, context);
    const fileName = fileURLToPath(url);
    const before = counters !== null && fuzzed.some((folder) => url.startsWith(folder)) ? [counters] : [];
    const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), {
      fileName: pathToFileURL(fileName).href,
      compilerOptions: options,
      transformers: { before },
    });
    return { format: 'module', source: outputText, shortCircuit: true };
  },
});

const { Coverage } = await import('./coverage.js');
const { insertCounters } = await import('./insert-counters.js');
Coverage.begin();
counters = insertCounters();
