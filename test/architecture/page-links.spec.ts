import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repository } from './cruise-tree.js';

const pages = globSync(['*.md', '{docs,examples,load,apps,libs,deploy}/**/*.md'], {
  cwd: repository,
  exclude: (name) => /(?:^|\/)(?:node_modules|results)$/.test(name),
});

const read = (page: string): string => readFileSync(join(repository, page), 'utf8').replace(/^```.*?^```/gms, '');

/** The anchors that GitHub gives to headings. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the pages', () => {
  it('are found', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/request-path.md']));
  });

  it.each(pages)('link only to what is there: %s', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path, anchor] = link.split('#', 2);
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(repository, target))) return true;
      if (anchor === undefined) return false;
      return statSync(join(repository, target)).isDirectory() || !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('have a heading for the runbook of every alert', () => {
    const alerts = readFileSync(join(repository, 'deploy/prometheus/rules/sluice-alerts.yml'), 'utf8');
    const runbooks = new Set(
      [...alerts.matchAll(/runbook_url: (\S+)#(\S+)$/gm)].map(([, page, anchor]) => `${page} ${anchor}`),
    );
    expect(runbooks.size).toBeGreaterThan(3);
    for (const runbook of runbooks) {
      const [page, anchor] = runbook.split(' ');
      expect(anchorsOf(page)).toContain(anchor);
    }
  });
});
