import { describe, expect, it } from "vitest";

import { longestText, readSignIn, type SignIn } from "../../../src/detection/signin/signIn.ts";
import { alice, denied, password, row, tenantId, time, type Row } from "../../builders.ts";
import { parsed } from "../builders.ts";

const refused = "MFA denied; user declined the authentication";

function read(fields: Row = {}): SignIn {
  return readSignIn(row({ at: "09:00", status: refused, fields }));
}

describe("a row of SigninLogs", () => {
  it("is read whole", () => {
    const device = { displayName: "LAPTOP-7", operatingSystem: "Windows 10", browser: "Edge 140" };
    const record = row({
      at: "09:00",
      status: refused,
      steps: [password("08:59:40"), denied("09:00:00.250", { asked: "08:59:48" })],
      fields: {
        LocationDetails: { city: "Berlin", state: "Berlin", countryOrRegion: "DE" },
        DeviceDetail: device,
        UserAgent: "Mozilla/5.0",
        UserType: "Guest",
        SessionId: "001fc6f9-7ac4-4f4c-9b3c-5a0f2d0d0a11",
      },
    });
    expect(readSignIn(record)).toEqual({
      tenantId,
      account: { tenantId, user: alice.id, name: alice.name },
      request: record["Id"],
      requestAlias: null,
      requestBy: "original",
      resultType: "500121",
      interactive: true,
      statusText: refused,
      createdAt: time("09:00"),
      generatedAt: time("09:02"),
      steps: [
        {
          text: "Correct password",
          method: "password",
          succeeded: true,
          askedAt: null,
          answeredAt: null,
          stepAt: time("08:59:40"),
        },
        {
          text: refused,
          method: "mobile app notification",
          succeeded: false,
          askedAt: time("08:59:48"),
          answeredAt: time("09:00:00.250"),
          stepAt: time("09:00"),
        },
      ],
      details: "whole",
      origin: {
        userId: alice.id,
        userName: alice.name,
        ipAddress: "203.0.113.10",
        location: "Berlin, DE",
        application: "Azure Portal",
        appId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
        userAgent: "Mozilla/5.0",
        device: "LAPTOP-7, Windows 10, Edge 140",
        guest: true,
      },
      session: "001fc6f9-7ac4-4f4c-9b3c-5a0f2d0d0a11",
    });
  });

  it("that says nothing says nothing", () => {
    expect(readSignIn({})).toEqual({
      tenantId: null,
      account: null,
      request: "[null,null,null]",
      requestAlias: null,
      requestBy: "id",
      resultType: "",
      interactive: true,
      statusText: null,
      createdAt: null,
      generatedAt: null,
      steps: [],
      details: "none",
      origin: {
        userId: null,
        userName: null,
        ipAddress: null,
        location: null,
        application: null,
        appId: null,
        userAgent: null,
        device: null,
        guest: false,
      },
      session: null,
    });
  });

  it("finds nothing under keys that every object has", () => {
    const hostile = parsed(
      '{"__proto__":{"UserPrincipalName":"mallory@contoso.com","Status":{"additionalDetails":"MFA denied"}},' +
        '"constructor":{"name":"x"},"toString":"y","hasOwnProperty":"z","Status":{"__proto__":{"additionalDetails":"MFA denied"}}}',
    );
    expect(readSignIn(hostile)).toEqual(readSignIn({}));
  });
});

describe("AuthenticationDetails", () => {
  const steps = [password("08:59:40"), denied("09:00")];
  const texts = (AuthenticationDetails: unknown) =>
    read({ AuthenticationDetails }).steps.map((step) => step.text);
  const both = ["Correct password", refused];

  it.each([
    ["text", JSON.stringify(steps)],
    ["pretty text", JSON.stringify(steps, null, 2)],
    ["an array", steps],
    ["text of text", JSON.stringify(JSON.stringify(steps))],
    ["an array with rubbish in it", [null, ...steps, "step", 7, [steps]]],
  ])("is read from %s", (_, value) => {
    expect(texts(value)).toEqual(both);
  });

  it("may hold a step that says nothing", () => {
    expect(read({ AuthenticationDetails: [{}] }).steps).toEqual([
      { text: "", method: "", succeeded: null, askedAt: null, answeredAt: null, stepAt: null },
    ]);
  });

  it("may be a single step", () => {
    expect(texts(steps[1])).toEqual([refused]);
    expect(texts(JSON.stringify(steps[1]))).toEqual([refused]);
  });

  it.each([
    ["empty text", ""],
    ["blanks", "  "],
    ["an empty array", "[]"],
    ["text that is no JSON", "MFA denied; user declined the authentication"],
    ["null", null],
    ["nothing at all", undefined],
    ["a number", 500_121],
    ["text of a number", "12"],
  ])("holds no step where it is %s", (_, value) => {
    expect(texts(value)).toEqual([]);
  });

  it("that was cut off gives its whole steps", () => {
    const text = JSON.stringify([...steps, denied("09:01")]);
    expect(texts(text.slice(0, -1))).toEqual([...both, refused]);
    expect(texts(text.slice(0, -2))).toEqual(both);
    expect(texts(text.slice(0, 40))).toEqual([]);
    expect(texts(`[{cut off, ${text.slice(0, -1)}`)).toEqual([]);
    expect(texts(`[{no JSON}, ${text.slice(1, -1)}`)).toEqual([...both, refused]);
  });

  it("has steps whose success is a boolean or text in any case, or is not told", () => {
    const succeeded = [true, "true", "True", false, "FALSE", null, "", "maybe", undefined];
    const read1 = read({
      AuthenticationDetails: succeeded.map((each) =>
        denied("09:00", { fields: { succeeded: each } }),
      ),
    });
    expect(read1.steps.map((step) => step.succeeded)).toEqual([
      true,
      true,
      true,
      false,
      false,
      null,
      null,
      null,
      null,
    ]);
  });

  it("has steps whose sequences are epoch milliseconds, as numbers or text, or none", () => {
    const sequences = [time("09:00"), String(time("09:00")), 0, 1, "1", "soon", 1e30, null];
    const read1 = read({
      AuthenticationDetails: sequences.map((each) =>
        denied("09:00", { fields: { RequestSequence: each, StatusSequence: each } }),
      ),
    });
    const expected = [time("09:00"), time("09:00"), null, null, null, null, null, null];
    expect(read1.steps.map((step) => step.askedAt)).toEqual(expected);
    expect(read1.steps.map((step) => step.answeredAt)).toEqual(expected);
  });
});

describe("Status", () => {
  const status = { errorCode: 500_121, additionalDetails: refused };

  it.each([
    ["an object", { Status: status }],
    ["text", { Status: JSON.stringify(status) }],
    ["text of text", { Status: JSON.stringify(JSON.stringify(status)) }],
    ["the dynamic column of an export", { Status: undefined, Status_dynamic: status }],
    ["the text column of an export", { Status: "", Status_string: JSON.stringify(status) }],
    ["the column of another dialect", { Status: null, status }],
  ])("is read from %s", (_, fields) => {
    expect(read(fields).statusText).toBe(refused);
  });

  it.each([
    ["cut off", '{"errorCode":500121,"additio'],
    ["a list", [status]],
    ["a number", 7],
    ["empty", ""],
  ])("says nothing where it is %s", (_, Status) => {
    expect(read({ Status }).statusText).toBeNull();
  });
});

describe("other dynamic columns", () => {
  it("are objects or text", () => {
    const LocationDetails = { city: "Berlin", countryOrRegion: "DE" };
    const DeviceDetail = { operatingSystem: "Windows 10", browser: "" };
    for (const shape of [(value: unknown) => value, (value: unknown) => JSON.stringify(value)]) {
      const { origin } = read({
        LocationDetails: shape(LocationDetails),
        DeviceDetail: shape(DeviceDetail),
      });
      expect(origin).toMatchObject({ location: "Berlin, DE", device: "Windows 10" });
    }
  });

  it.each(["dynamic", "string"])("are the %s ones of a portal's export", (kind) => {
    const { origin } = read({
      [`LocationDetails_${kind}`]: '{"city":"Berlin","countryOrRegion":"DE"}',
      [`DeviceDetail_${kind}`]: '{"browser":"Edge 140"}',
    });
    expect(origin).toMatchObject({ location: "Berlin, DE", device: "Edge 140" });
  });

  it("give what is known of the place", () => {
    const place = (fields: Row) => read(fields).origin.location;
    expect(place({ LocationDetails: { city: "Berlin" } })).toBe("Berlin");
    expect(place({ LocationDetails: { city: " ", countryOrRegion: "DE" } })).toBe("DE");
    expect(place({ LocationDetails: { city: "Berlin" }, Location: "DE" })).toBe("Berlin, DE");
    expect(place({ Location: "DE" })).toBe("DE");
    expect(place({ location: { city: "Berlin", countryOrRegion: "DE" } })).toBe("Berlin, DE");
    expect(place({ LocationDetails: "Berlin" })).toBeNull();
  });
});

describe("ResultType", () => {
  it.each([
    ["text", { ResultType: "500121" }, "500121"],
    ["a number", { ResultType: 500_121 }, "500121"],
    ["a fraction of a spreadsheet", { ResultType: "500121.0" }, "500121"],
    ["the number nought", { ResultType: 0 }, "0"],
    ["missing: the errorCode of Status", { ResultType: undefined }, "500121"],
    ["blank: the errorCode of Status", { ResultType: " " }, "500121"],
    ["nowhere", { ResultType: undefined, Status: undefined }, ""],
  ])("is %s", (_, fields, expected) => {
    expect(read(fields).resultType).toBe(expected);
  });
});

const nobody = "00000000-0000-0000-0000-000000000000";
const masked = "{PII Removed}@contoso.com";

describe("who signed in", () => {
  it.each([
    ["by id", {}, alice.id, alice.name],
    [
      "with the name in lower case",
      { UserPrincipalName: " Alice@Contoso.COM " },
      alice.id,
      alice.name,
    ],
    ["with the id in lower case", { UserId: ` ${alice.id.toUpperCase()} ` }, alice.id, alice.name],
    ["without a blank name", { UserPrincipalName: "  " }, alice.id, null],
    ["without a name that is missing", { UserPrincipalName: undefined }, alice.id, null],
    ["without a name that is no text", { UserPrincipalName: { first: "Alice" } }, alice.id, null],
    [
      "without a name that is the id",
      { UserPrincipalName: alice.id.toUpperCase() },
      alice.id,
      null,
    ],
    ["by a name that is an id", { UserId: "", UserPrincipalName: alice.id }, alice.id, null],
    ["by name where there is no id", { UserId: "" }, alice.name, alice.name],
    ["by name where the id is all zeros", { UserId: nobody }, alice.name, alice.name],
    ["by name where the id is no GUID", { UserId: "a11c" }, alice.name, alice.name],
    ["by id where the name is masked", { UserPrincipalName: masked }, alice.id, null],
  ])("is told %s", (_, fields, user, name) => {
    expect(read(fields).account).toEqual({ tenantId, user, name });
  });

  it.each([
    ["neither name nor id", { UserPrincipalName: "", UserId: "" }],
    ["no id but zeros", { UserPrincipalName: null, UserId: nobody }],
    ["zeros for a name", { UserPrincipalName: nobody, UserId: nobody }],
    ["a masked name", { UserPrincipalName: masked, UserId: nobody }],
    ["a name in stars", { UserPrincipalName: "a***@contoso.com", UserId: "" }],
    ["a display name alone", { UserPrincipalName: "", UserId: "", UserDisplayName: "Alice" }],
  ])("is nobody where there is %s", (_, fields) => {
    expect(read(fields).account).toBeNull();
  });

  it("is told apart by the Entra tenant, never by the workspace", () => {
    const tenant = (fields: Row) => read({ AADTenantId: undefined, ...fields }).tenantId;
    expect(tenant({ AADTenantId: ` ${tenantId.toUpperCase()} ` })).toBe(tenantId);
    expect(tenant({ resourceTenantId: tenantId })).toBe(tenantId);
    expect(tenant({ AADTenantId: tenantId, resourceTenantId: "another" })).toBe(tenantId);
    expect(tenant({ TenantId: "workspace", tenantId: "workspace" })).toBeNull();
    expect(tenant({ AADTenantId: "00000000-0000-0000-0000-000000000000" })).toBeNull();
    expect(tenant({ AADTenantId: "" })).toBeNull();
  });
});

describe("the request", () => {
  it("is OriginalRequestId, else Id", () => {
    const request = (fields: Row) => read(fields).request;
    expect(request({ OriginalRequestId: "ORIGINAL", Id: "id" })).toBe("original");
    expect(request({ OriginalRequestId: " ", Id: " ID " })).toBe("id");
    const nil = "00000000-0000-0000-0000-000000000000";
    expect(request({ OriginalRequestId: nil, Id: "id" })).toBe("id");
  });

  it("is the row's own content where it has neither, and never CorrelationId", () => {
    const neither = { OriginalRequestId: "", Id: undefined };
    const request = (fields: Row) => read({ ...neither, ...fields }).request;
    expect(request({})).toBe(request({ CorrelationId: "another" }));
    expect(request({})).not.toBe(request({ IPAddress: "192.0.2.7" }));
    expect(request({})).not.toBe(request({ AppId: "another" }));
    expect(request({})).not.toBe(request({ CreatedDateTime: "2026-03-10T09:00:01Z" }));
    const untimed = { CreatedDateTime: "0001-01-01T00:00:00Z" };
    expect(request(untimed)).not.toBe(
      request({ ...untimed, TimeGenerated: "2026-03-10T10:00:00Z" }),
    );
  });
});

describe("interactive", () => {
  it.each([true, "true", "TRUE", undefined, null, "", "yes", 1, "1", "unknown"])(
    "is what says %j",
    (IsInteractive) => {
      expect(read({ IsInteractive }).interactive).toBe(true);
    },
  );

  it.each([
    [{ IsInteractive: false }],
    [{ IsInteractive: "false" }],
    [{ IsInteractive: "FALSE" }],
    [{ IsInteractive: 0 }],
    [{ IsInteractive: "0" }],
    [{ IsInteractive: "No" }],
    [{ IsInteractive: undefined, isInteractive: false }],
    [{ Type: "AADNonInteractiveUserSignInLogs" }],
    [{ Type: "", Category: "NonInteractiveUserSignInLogs" }],
    [{ Category: undefined, category: "NonInteractiveUserSignInLogs" }],
    [{ Type: "AADServicePrincipalSignInLogs", Category: "" }],
    [{ Type: "", Category: "ServicePrincipalSignInLogs" }],
    [{ Type: "AADManagedIdentitySignInLogs", Category: "" }],
    [{ Type: "", Category: "ManagedIdentitySignInLogs" }],
    [{ Type: "", Category: "MicrosoftServicePrincipalSignInLogs" }],
  ])("is not what says %j", (fields) => {
    expect(read(fields).interactive).toBe(false);
  });
});

describe("a diagnostic record, from an Event Hub or a storage account", () => {
  const properties = {
    id: "REQUEST",
    createdDateTime: "2026-03-10T09:00:00.1234567Z",
    userPrincipalName: "Alice@contoso.com",
    userId: alice.id,
    appId: "APP",
    appDisplayName: "Azure Portal",
    ipAddress: "2001:DB8::7",
    isInteractive: true,
    userType: "guest",
    userAgent: "Mozilla/5.0",
    location: { city: "Berlin", countryOrRegion: "DE" },
    deviceDetail: { browser: "Edge 140" },
    status: { errorCode: 500_121, additionalDetails: refused },
    authenticationDetails: [
      denied("09:00", {
        fields: {
          RequestSequence: undefined,
          StatusSequence: undefined,
          requestSequence: time("08:59:48"),
          statusSequence: time("09:00"),
        },
      }),
    ],
  };
  const record = {
    time: "2026-03-10T09:02:00Z",
    category: "SignInLogs",
    operationName: "Sign-in activity",
    tenantId,
    resultType: "500121",
    callerIpAddress: "203.0.113.99",
    location: "DE",
    properties,
  };

  it("is read from its properties", () => {
    expect(readSignIn(record)).toMatchObject({
      tenantId,
      account: { tenantId, user: alice.id, name: alice.name },
      request: "request",
      resultType: "500121",
      interactive: true,
      statusText: refused,
      createdAt: time("09:00:00.123"),
      generatedAt: time("09:02"),
      steps: [{ text: refused, askedAt: time("08:59:48"), answeredAt: time("09:00") }],
      details: "whole",
      origin: {
        userId: alice.id,
        userName: alice.name,
        ipAddress: "2001:db8::7",
        location: "Berlin, DE",
        application: "Azure Portal",
        appId: "app",
        userAgent: "Mozilla/5.0",
        device: "Edge 140",
        guest: true,
      },
    });
  });

  it("is read from properties that are text, as from the object", () => {
    expect(readSignIn({ ...record, properties: JSON.stringify(properties) })).toEqual(
      readSignIn(record),
    );
  });

  it("falls back to what stands outside of them", () => {
    const { ipAddress: _, location: __, ...fewer } = properties;
    expect(readSignIn({ ...record, properties: fewer })).toMatchObject({
      origin: { ipAddress: "203.0.113.99", location: "DE" },
    });
    const inside = { ...fewer, resultType: "50074", originalRequestId: "ORIGINAL" };
    expect(readSignIn({ ...record, properties: inside })).toMatchObject({
      request: "original",
      resultType: "50074",
    });
    const { resultType: ___, ...without } = record;
    expect(readSignIn(without).resultType).toBe("500121");
    expect(readSignIn({ ...record, resultType: 0 }).resultType).toBe("0");
  });

  it("is of the tenant that its row names, else of its own, else of the resource's", () => {
    const tenantOf = (inside: Row, outside: Row) =>
      readSignIn({ ...record, ...outside, properties: { ...properties, ...inside } }).tenantId;
    const all = { AADTenantId: "aad", resourceTenantId: "resource" };
    expect(tenantOf(all, { tenantId: "record" })).toBe("aad");
    expect(tenantOf({ resourceTenantId: "resource" }, { tenantId: "record" })).toBe("record");
    expect(tenantOf({ resourceTenantId: "resource" }, { tenantId: undefined })).toBe("resource");
  });

  it("is non-interactive by category", () => {
    const category = "NonInteractiveUserSignInLogs";
    expect(readSignIn({ ...record, category }).interactive).toBe(false);
    expect(
      readSignIn({ ...record, properties: { ...properties, isInteractive: "False" } }).interactive,
    ).toBe(false);
  });
});

describe("a sign-in of Microsoft Graph", () => {
  it("is read without sequences, and with its code from status", () => {
    const signIn = readSignIn({
      id: "request",
      createdDateTime: "2026-03-10T09:00:00Z",
      userPrincipalName: alice.name,
      resourceTenantId: tenantId,
      isInteractive: true,
      location: { city: "Berlin", countryOrRegion: "DE" },
      status: { errorCode: 500_121, additionalDetails: refused },
      authenticationDetails: [denied("09:00", { sequences: false })],
    });
    expect(signIn).toMatchObject({
      tenantId,
      account: { tenantId, user: alice.name, name: alice.name },
      resultType: "500121",
      createdAt: time("09:00"),
      generatedAt: null,
      steps: [{ text: refused, askedAt: null, answeredAt: null, stepAt: time("09:00") }],
      origin: { location: "Berlin, DE" },
    });
  });
});

describe("a name or id that is longer than any", () => {
  const name = (length: number) => `alice@${"x".repeat(length - 6)}`;
  const [longest, tooLong] = [name(longestText), name(longestText + 1)];

  it("is nobody's, so that it can neither fill the state nor be taken for another", () => {
    const accountOf = (fields: Row) => read({ UserId: "", ...fields }).account;
    expect(accountOf({ UserPrincipalName: longest })?.user).toBe(longest);
    expect(accountOf({ UserPrincipalName: tooLong })).toBe(null);
    expect(accountOf({ UserPrincipalName: "", UserId: tooLong })).toBe(null);
    expect(read({ AADTenantId: tooLong }).tenantId).toBe(null);
    expect(read({ OriginalRequestId: tooLong, Id: "one" }).request).toBe("one");
    expect(read({ OriginalRequestId: longest, Id: "one" }).request).toBe(longest);
  });

  it("is cut where it is only shown, and says so", () => {
    const shown = `${tooLong.slice(0, longestText)}…`;
    const { origin, statusText } = read({
      AppDisplayName: tooLong,
      UserAgent: tooLong,
      IPAddress: tooLong,
      Location: longest,
      Status: { additionalDetails: tooLong },
    });
    expect(origin).toMatchObject({ application: shown, userAgent: shown, ipAddress: shown });
    expect([origin.location, statusText]).toEqual([longest, shown]);
  });
});
