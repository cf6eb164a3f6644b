/** The command line is wrong (EX_USAGE of sysexits.h). */
const EXIT_USAGE = 64;
/** What a trace says is wrong (EX_DATAERR). */
const EXIT_DATA = 65;
/** There is no such trace (EX_NOINPUT). */
const EXIT_NO_INPUT = 66;

/** Something that nothing can be simulated from. Recognise it by `code`; its message is one line for the user. */
export class SimulationInputError extends Error {
  override readonly name = 'SimulationInputError';
  readonly code = 'SIMULATION_INPUT';

  private constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }

  static is(error: unknown): error is SimulationInputError {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'SIMULATION_INPUT';
  }

  static usage(message: string): SimulationInputError {
    return new SimulationInputError(message, EXIT_USAGE);
  }

  static data(message: string): SimulationInputError {
    return new SimulationInputError(message, EXIT_DATA);
  }

  static noInput(message: string): SimulationInputError {
    return new SimulationInputError(message, EXIT_NO_INPUT);
  }
}
