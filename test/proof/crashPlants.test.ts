import { expect, it } from "vitest";
import { plants } from "./crashPlants.ts";
import { plantIn } from "./plantedBuild.ts";

// The proof itself builds them, and only the long run builds all.
it.each(plants)("the sources have the place for the fault that $name", async (plant) => {
  expect(await plantIn(".", plant)).toContain(plant.to);
});
