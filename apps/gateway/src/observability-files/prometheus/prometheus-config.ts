import { stringify } from 'yaml';

/** @param target host and port of the gateway's control plane */
export function prometheusConfig(job: string, target: string): string {
  return stringify({
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: ['rules/*.yml'],
    scrape_configs: [{ job_name: job, static_configs: [{ targets: [target] }] }],
  });
}
