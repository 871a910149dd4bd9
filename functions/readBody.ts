import type { HttpRequest } from "@azure/functions";

const longest = 16 * 1024;

/** Returns the body as text; null as soon as it turns out to be larger than 16 KB. */
export async function readBody(request: HttpRequest): Promise<string | null> {
  if (Number(request.headers.get("content-length") ?? 0) > longest) {
    return null;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body = request.body as AsyncIterable<Uint8Array> | null;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > longest) {
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
