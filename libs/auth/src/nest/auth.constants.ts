/** Key of what @Requires says about a controller or a handler. */
export const REQUIREMENT = Symbol('sluice.auth-requirement');
/** Token of the AuthModuleOptions. */
export const AUTH_OPTIONS = Symbol('sluice.auth-options');
