/**
 * The messages between host and worker about an invocation, as far as the stand-in supports them
 * (FunctionRpc.proto).
 */
export type TypedData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly int: number }
  | { readonly double: number }
  | { readonly http: HttpData };

type Nullable = Readonly<Record<string, { readonly value: string }>>;

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly nullableHeaders?: Nullable;
  readonly nullableParams?: Nullable;
  readonly nullableQuery?: Nullable;
  readonly cookies?: readonly Readonly<Record<string, unknown>>[];
  readonly body?: TypedData | null;
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string };
}

export interface InvocationResponse {
  readonly invocationId: string;
  readonly outputData?: readonly { readonly name: string; readonly data: TypedData }[];
  readonly returnValue?: TypedData | null;
}

/** One trigger, input or output of a function, as declared by the app. */
export type Binding = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly direction: string;
};

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}
