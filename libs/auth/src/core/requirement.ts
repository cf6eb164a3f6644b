/** What somebody must have to be let through. */
export interface Requirement {
  readonly permissions: readonly string[];
  readonly roles: readonly string[];
  /** `all`: everything that is listed; `any`: one of all that is listed. */
  readonly match: 'all' | 'any';
}

export interface Holder {
  readonly permissions: readonly string[];
  readonly roles: readonly string[];
}

/** Whether somebody has what is required. A requirement that lists nothing is met by everybody. */
export function meets(holder: Holder, { permissions, roles, match }: Requirement): boolean {
  if (match === 'any') {
    if (permissions.length === 0 && roles.length === 0) return true;
    return (
      permissions.some((permission) => holder.permissions.includes(permission)) ||
      roles.some((role) => holder.roles.includes(role))
    );
  }
  for (let i = 0; i < permissions.length; i++) {
    if (!holder.permissions.includes(permissions[i])) return false;
  }
  for (let i = 0; i < roles.length; i++) {
    if (!holder.roles.includes(roles[i])) return false;
  }
  return true;
}

/** What of a requirement somebody does not have. */
export function missingOf(holder: Holder, { permissions, roles }: Requirement): Holder {
  return {
    permissions: permissions.filter((permission) => !holder.permissions.includes(permission)),
    roles: roles.filter((role) => !holder.roles.includes(role)),
  };
}
