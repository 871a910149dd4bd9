import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The order of a mutation run, which ends at the first test that fails: the tests of the changed file itself
 * come first, the others after them by name.
 */
export class NearestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const changed = new Set(this.ctx.config.related?.map((file) => basename(file, ".ts")));
    const distance = ({ moduleId }: TestSpecification) =>
      changed.has(basename(moduleId, ".test.ts")) ? 0 : 1;
    return Promise.resolve(
      files.toSorted((a, b) => distance(a) - distance(b) || (a.moduleId < b.moduleId ? -1 : 1)),
    );
  }
}
