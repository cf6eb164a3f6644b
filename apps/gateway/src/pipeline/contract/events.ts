let nextIndex = 0;

/** Names an event and the type of what it carries. */
export class EventKey<T> {
  declare protected readonly type: T;
  readonly index = nextIndex++;
  constructor(readonly name: string) {}
}

export type Listener<T> = (payload: T) => void;

/**
 * Synchronous events. Stages tell what happened; telemetry listens. An event without listeners costs one array read.
 * A listener must not throw; one that does is reported and the request goes on.
 */
export class Events {
  private readonly listeners: Listener<never>[][] = [];

  /** @returns a function that takes the listener away again */
  on<T>(key: EventKey<T>, listener: Listener<T>): () => void {
    const list = (this.listeners[key.index] ??= []);
    list.push(listener);
    return () => {
      const at = list.indexOf(listener);
      if (at >= 0) list.splice(at, 1);
    };
  }

  emit<T>(key: EventKey<T>, payload: T): void {
    const list = this.listeners[key.index] as Listener<T>[] | undefined;
    if (list === undefined) return;
    for (let i = 0; i < list.length; i++) {
      try {
        list[i](payload);
      } catch (error) {
        process.emitWarning(`a listener of ${key.name} failed: ${String(error)}`, 'SluiceWarning');
      }
    }
  }
}
