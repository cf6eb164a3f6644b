import { describe, expect, it } from '@jest/globals';
import { firstCompilerError } from './compiler-error.ts';

describe('the first error of a build', () => {
  it('is the first one of the compiler, without its colours', () => {
    const output = [
      'error: building failed',
      '\u001b[96mapps/a.ts\u001b[0m:\u001b[93m3\u001b[0m:1 - \u001b[91merror\u001b[0m TS2322: Type is not assignable.',
      'apps/b.ts:4:1 - error TS2304: Cannot find name.',
    ].join('\n');
    expect(firstCompilerError(output)).toBe('apps/a.ts:3:1 - error TS2322: Type is not assignable.');
  });

  it('is the first line that says error where no compiler spoke, else the last line', () => {
    expect(firstCompilerError('begin\nnpm error Missing script: "build"\nnpm error\n')).toBe(
      'npm error Missing script: "build"',
    );
    expect(firstCompilerError('one\n\ntwo\n\n')).toBe('two');
    expect(firstCompilerError('')).toBe('it printed nothing');
  });
});
