export type Environment = Readonly<Record<string, string | undefined>>;

export interface Expanded {
  readonly text: string;
  /** Names of the variables that were asked for. */
  readonly variables: readonly string[];
  readonly problems: readonly { readonly message: string; readonly hint: string }[];
}

const REFERENCE = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^{}]*))?\}|\$\{/g;

/**
 * Expands `${NAME}` and `${NAME:-default}` (for a variable that is unset or empty) wherever they stand in the text.
 * `$${` is `${` itself. An unset variable without a default is a problem; an empty one is not.
 *
 * @returns null when there is nothing to expand
 */
export function expandVariables(text: string, env: Environment): Expanded | null {
  if (!text.includes('${')) return null;
  const variables: string[] = [];
  const problems: { message: string; hint: string }[] = [];
  const expanded = text.replace(REFERENCE, (whole, name?: string, fallback?: string) => {
    if (whole === '$${') return '${';
    if (name === undefined) {
      problems.push({
        message: 'holds a malformed ${…}',
        hint: 'write ${NAME} or ${NAME:-default}, or $${ for the characters themselves',
      });
      return '';
    }
    variables.push(name);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && (value !== '' || fallback === undefined)) return value;
    if (fallback !== undefined) return fallback;
    problems.push({
      message: `the environment variable ${name} is not set`,
      hint: `set it, or give a default: \${${name}:-…}`,
    });
    return '';
  });
  return { text: expanded, variables, problems };
}
