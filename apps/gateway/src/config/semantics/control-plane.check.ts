import { MANAGEMENT_PATHS } from '../management-paths.js';
import type { RouteCheck, SemanticCheck } from './semantic-check.js';

/** Roots such as `/*` are fine: the control plane comes first, and its paths are simply not theirs. */
export const checkControlPlane: RouteCheck = ({ match }, { management }) => {
  if (management.port !== null) return [];
  const reserved = MANAGEMENT_PATHS.find((path) => match.path === path || match.path.startsWith(`${path}/`));
  if (reserved === undefined) return [];
  return [
    { at: ['match', 'path'], message: `${reserved} is reserved for the control plane`, hint: 'set management.port' },
  ];
};

export const checkPorts: SemanticCheck = ({ server, management }) =>
  management.port !== null && management.port !== 0 && management.port === server.port
    ? [{ path: 'management.port', message: 'is server.port', hint: 'null serves both on one port' }]
    : [];
