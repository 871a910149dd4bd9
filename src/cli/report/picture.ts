import { markup, Html } from "./markup.ts";

/**
 * Returns an SVG as an image. Whatever names it shows, it cannot run a script or load anything.
 *
 * @param alt the same in words, for people who cannot see the picture
 */
export function picture(svg: string, alt: string): Html {
  const data = Buffer.from(svg).toString("base64");
  return markup`<img alt="${alt}" src="${new Html(`data:image/svg+xml;base64,${data}`)}" />`;
}
