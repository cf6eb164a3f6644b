/** A loop of its own for each who asks: a module that is imported under another name is another module to V8. */
export async function ownLoop<Loop>(file: 'sync-loop.ts' | 'async-loop.ts', owner: 'floor' | 'subject'): Promise<Loop> {
  return (await import(new URL(`${file}?${owner}`, import.meta.url).href)) as Loop;
}
