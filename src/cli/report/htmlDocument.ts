import { createHash } from "node:crypto";
import { Html, markup } from "./markup.ts";
import { style } from "./style.ts";

/** Returns a self-contained page with the project's style. Its policy lets it load nothing and run no script. */
export function htmlDocument(title: string, body: Html): string {
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  return `${
    markup`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="Content-Security-Policy" content="${policy}" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="referrer" content="no-referrer" />
          <title>${title}</title>
          <style>${new Html(style)}</style>
        </head>
        <body>
          ${body}
        </body>
      </html> `.text
  }\n`;
}
