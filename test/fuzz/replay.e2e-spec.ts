import { describe, expect, it } from '@jest/globals';
import { CorpusFolder } from './harness/corpus-folder.js';
import { targets } from './targets/all.js';

/** `make fuzz` looks for new ones. */
describe('the inputs that fuzz runs have kept', () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    'break nothing any more: %s',
    async (name, target) => {
      const inputs = new CorpusFolder(name).read();
      expect(inputs.length).toBeGreaterThan(5);
      for (const input of [...inputs, ...target.seeds]) {
        expect(() => target.run(Buffer.from(input))).not.toThrow();
        await target.compare?.(Buffer.from(input));
      }
    },
  );
});
