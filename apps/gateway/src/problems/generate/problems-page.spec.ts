import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { problems } from '../registry.js';
import { generateProblemsPage } from './problems-page.js';

describe('the page of problems', () => {
  const page = generateProblemsPage();

  it('has a row, a section and the remedy for every problem of the registry', () => {
    for (const { code, status, remedy } of Object.values(problems)) {
      expect(page).toMatch(new RegExp(`^\\| ${status} +\\| \\[\`${code}\`\\]\\(#${code}\\) `, 'm'));
      expect(page).toContain(`\n## \`${code}\`\n`);
      expect(page).toContain(remedy);
    }
  });

  it('is as prettier leaves it', async () => {
    expect(await format(page, { parser: 'markdown', singleQuote: true, printWidth: 120 })).toBe(page);
  });
});
