/** What a worker says to the supervisor. */
export type FromWorker =
  | ({ readonly kind: 'listening' } & Listening)
  | { readonly kind: 'failed'; readonly failure: StartFailure }
  | { readonly kind: 'drained'; readonly clean: boolean }
  | AskMessage
  | { readonly kind: 'tell'; readonly question: string; readonly payload: unknown }
  | AnswerMessage;

/** What the supervisor says to a worker. */
export type ToWorker = { readonly kind: 'drain' } | { readonly kind: 'lead' } | QuestionMessage | AnswersMessage;

/** Where a worker listens. */
export interface Listening {
  readonly url: string;
  readonly managementUrl: string;
  readonly port: number;
  /** null when the control plane has no port of its own. */
  readonly managementPort: number | null;
}

/** Why a worker could not start: an error, as far as it passes between threads. */
export interface StartFailure {
  readonly message: string;
  readonly code?: string | undefined;
  readonly port?: number | undefined;
  readonly address?: string | undefined;
}

export interface AskMessage {
  readonly kind: 'ask';
  readonly id: number;
  readonly question: string;
  readonly payload: unknown;
  readonly timeoutMs: number;
}

export interface QuestionMessage {
  readonly kind: 'question';
  /** null when no answer is waited for. */
  readonly id: number | null;
  readonly question: string;
  readonly payload: unknown;
}

export interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: number;
  /** None when it failed. */
  readonly answers: readonly unknown[];
}

export interface AnswersMessage {
  readonly kind: 'answers';
  readonly id: number;
  readonly answers: readonly (readonly [worker: number, answer: unknown])[];
}
