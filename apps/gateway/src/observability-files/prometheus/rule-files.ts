import { stringify } from 'yaml';
import { exprOf, type AlertRule, type RecordingRule, type RuleGroup } from './rule.js';

/** @param runbooks address of the page that the anchors of runbooks lie in */
export function ruleFile(groups: readonly RuleGroup[], runbooks: string): string {
  const written = groups.map(({ name, rules }) => ({
    name,
    rules: rules.map((rule) => ('record' in rule ? recordingRule(rule) : alertRule(rule, runbooks))),
  }));
  return stringify({ groups: written }, { lineWidth: 0, aliasDuplicateObjects: false });
}

function recordingRule({ record, expr }: RecordingRule): object {
  return { record, expr };
}

function alertRule(rule: AlertRule, runbooks: string): object {
  return {
    alert: rule.alert,
    expr: exprOf(rule),
    ...(rule.for === undefined ? {} : { for: rule.for }),
    labels: { severity: rule.severity, ...rule.labels },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      runbook_url: `${runbooks}#${rule.runbook}`,
    },
  };
}
