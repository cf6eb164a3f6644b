/** What is stacked, from below: together it is all that was offered. */
export const layers = [
  ['answered', 'answered'],
  ['failed', 'failed'],
  ['breaker', 'refused by breakers'],
  ['bulkhead', 'refused by bulkheads'],
  ['limited', 'refused by limits'],
] as const;

/** Colours that stay apart for those who see few, on a light ground and on a dark one. */
export const svgStyle = `
svg{--ground:#fff;--ink:#1f2328;--faint:#656d76;--line:#d8dee4;--answered:#2a78d6;--failed:#c8322f;--breaker:#7a4fc4;--bulkhead:#1a9c86;--limited:#e39a14;background:var(--ground)}
@media(prefers-color-scheme:dark){svg{--ground:#0d1117;--ink:#e6edf3;--faint:#8d96a0;--line:#2d333b;--answered:#4b93e6;--failed:#f0605a;--breaker:#a37fe8;--bulkhead:#35b8a2;--limited:#e8b13f}}
text{font:12px system-ui,sans-serif;fill:var(--ink)}
.title{font-size:15px;font-weight:600}
.faint{fill:var(--faint)}
.end{text-anchor:end}
.middle{text-anchor:middle}
.grid{stroke:var(--line)}
.retries{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-dasharray:4 3}
.layer{stroke:var(--ground);stroke-width:.5}
.track{fill:var(--line);opacity:.5}
.open{fill:var(--failed)}
.half-open{fill:var(--limited)}
.queued{fill:var(--bulkhead)}
${layers.map(([name]) => `.${name}{fill:var(--${name})}`).join('\n')}
`;
