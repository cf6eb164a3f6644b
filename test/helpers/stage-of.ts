import type { Stage, StageHooks, StageType } from '@app/gateway';

/** A stage whose hooks are those of the test. */
export function stageOf(hooks: StageHooks, name = 'of-the-test', after = 'body-limit'): StageType {
  return class StageOfTheTest implements Stage {
    readonly name = name;
    readonly after = after;
    compile(): StageHooks {
      return hooks;
    }
  };
}
