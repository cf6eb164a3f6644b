/** Deepest nesting of mappings and lists in a configuration. The schema needs a tenth of it. */
export const DEPTH_MAX = 64;
