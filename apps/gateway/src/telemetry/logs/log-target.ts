/** Where finished lines go, each with its line feed. Must not throw, and must not wait. */
export interface LogTarget {
  write(line: string): void;
}
