import { MANAGEMENT_PATHS } from '../config/management-paths.js';

const pattern = new RegExp(`^(?:${MANAGEMENT_PATHS.join('|')})(?:/|$)`, 'i');

/** Whether a path belongs to the control plane. @param path normalised path */
export function isManagementPath(path: string): boolean {
  return pattern.test(path);
}
