import type { QueueOutput, RegisteredFunction } from "./functionApp.ts";
import { encode, send, type QueueClients } from "./queueClients.ts";
import type { InvocationResponse, TypedData } from "./rpc.ts";

/** Writes a function's result, or its `extraOutputs`, to the queues bound to it. */
export async function writeOutputs(
  { outputs }: RegisteredFunction,
  response: InvocationResponse,
  queues: QueueClients,
): Promise<void> {
  for (const output of outputs) {
    for (const message of toMessages(dataFor(output, response))) {
      await send(queues.get(output), encode(message));
    }
  }
}

function dataFor(
  { binding }: QueueOutput,
  { outputData, returnValue }: InvocationResponse,
): TypedData | null | undefined {
  if (binding === "$return") {
    return returnValue;
  }
  return outputData?.find(({ name }) => name === binding)?.data;
}

/** Each element of an array is a message. Text is sent unchanged, anything else as JSON. */
function toMessages(data: TypedData | null | undefined): readonly (string | Uint8Array)[] {
  if (!data) {
    return [];
  }
  if ("string" in data) {
    return [data.string];
  }
  if ("bytes" in data) {
    return [data.bytes];
  }
  if ("int" in data) {
    return [String(data.int)];
  }
  if ("double" in data) {
    return [String(data.double)];
  }
  if ("http" in data) {
    throw new Error("An HTTP response cannot be sent to a queue.");
  }
  const value: unknown = JSON.parse(data.json);
  if (!Array.isArray(value)) {
    return [data.json];
  }
  return value.map((one: unknown) => (typeof one === "string" ? one : JSON.stringify(one)));
}
