import { CsvRecords } from "../../../../src/logs/files/containers/csvRecords.ts";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSignIn } from "../../../../src/detection/signin/signIn.ts";
import { problemsIn, read, readCut, recordsIn, refusal } from "../reading.ts";
import { cases } from "../../../cases.ts";

const steps = JSON.stringify(
  [{ authenticationStepResultDetail: 'MFA denied; user "declined", the authentication' }],
  null,
  2,
).replaceAll("\n", "\r\n");
const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

/** Two rows of the table in Log Analytics, the cells of the second with everything that CSV allows in them. */
const header = ["TimeGenerated [UTC]", "UserPrincipalName", "ResultType", "AuthenticationDetails"];
const cells = [
  ["2026-03-10T09:00:00Z", "alice@contoso.com", "0", ""],
  ["2026-03-10T09:02:00Z", "bob@contoso.com", "500121", steps],
];
const names = ["TimeGenerated", "UserPrincipalName", "ResultType", "AuthenticationDetails"];
const records = cells.map((row) => Object.fromEntries(row.map((cell, at) => [names[at], cell])));

const csv = (delimiter = ",", end = "\r\n") =>
  [header, ...cells].map((row) => row.map(quote).join(delimiter) + end).join("");

async function outcome(content: string | Buffer, order?: "dmy" | "mdy") {
  const options = order === undefined ? {} : { dateOrder: order };
  const entries = await read(content, undefined, options);
  return {
    users: recordsIn(entries).map((record) => record["UserPrincipalName"]),
    problems: problemsIn(entries),
  };
}

const layouts: Record<string, string> = {
  "with CR LF": csv(),
  "with LF": csv(",", "\n"),
  "with semicolons": csv(";"),
  "with tabs": csv("\t"),
  "with Excel's line for the delimiter": `sep=;\r\n${csv(";")}`,
  "with a delimiter of its own": `sep=|\r\n${csv("|")}`,
  "without a last line end": csv().trimEnd(),
  "with blank lines": `\r\n\n${csv(",", "\r\n\r\n")}\n  \n,,,\n`,
  "with only the quotes that are needed": [header, ...cells]
    .map((row) => row.map((cell) => (cell.includes('"') ? quote(cell) : cell)).join(","))
    .join("\n"),
  "with empty cells behind the last column": [header, ...cells]
    .map((row, at) => row.map(quote).join(",") + ",".repeat(at))
    .join("\n"),
};

describe.each(Object.entries(layouts))("CSV %s", (_, text) => {
  const bytes = Buffer.from(text);
  const utf16 = Buffer.from(`\uFEFF${text}`, "utf16le");

  test.each([
    ["plain", bytes],
    ["with a byte order mark", Buffer.from(`\uFEFF${text}`)],
    ["in UTF-16LE", utf16],
    ["in UTF-16BE", Buffer.from(utf16).swap16()],
    ["compressed", gzipSync(bytes)],
  ])("is read %s", async (_name, content) => {
    const entries = await read(content);
    expect(problemsIn(entries)).toEqual([]);
    expect(recordsIn(entries)).toEqual(records);
  });

  test("is read the same wherever it is cut in two", async () => {
    const expected = await read(bytes);
    for (let at = 1; at < bytes.length; at++) {
      expect(await readCut([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
    expect(await read(bytes, 1)).toEqual(expected);
  });
});

describe("the columns", () => {
  test("can come in any order, with others among them, and not all of them", async () => {
    const text = "Whatever,resulttype,X Y,USERPRINCIPALNAME\n1,500121,2,alice@contoso.com\n";
    expect(recordsIn(await read(text))).toEqual([
      { ResultType: "500121", UserPrincipalName: "alice@contoso.com" },
    ]);
  });

  test("that occur twice give their first value that is not blank", async () => {
    const text =
      "ResultType,UserPrincipalName,UserPrincipalName\n0,,a@contoso.com\n0,b@contoso.com,c\n";
    expect((await outcome(text)).users).toEqual(["a@contoso.com", "b@contoso.com"]);
  });

  test("of a union, which come in pairs, are read as one", async () => {
    const status = quote('{"errorCode":500121,"additionalDetails":"MFA denied; user declined"}');
    const text = `UserPrincipalName,ResultType,Status_string,Status_dynamic,IsInteractive\na,500121,${status},,TRUE\nb,500121,,${status},"false"\n`;
    expect(recordsIn(await read(text)).map(readSignIn)).toMatchObject([
      { account: { user: "a" }, statusText: "MFA denied; user declined", interactive: true },
      { account: { user: "b" }, statusText: "MFA denied; user declined", interactive: false },
    ]);
  });

  test("cannot change what objects are made of by their names", async () => {
    const [record] = recordsIn(
      await read("__proto__,constructor,ResultType,UserPrincipalName\n1,2,3,4\n"),
    );
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(Object.hasOwn(record ?? {}, "__proto__")).toBe(true);
    expect(record).toMatchObject({ constructor: "2", ResultType: "3" });
  });

  test("determine the kind of file, even if a cell contains lines of JSON", async () => {
    const text = 'Id,ResultType,CorrelationId\n1,0,"\n{""a"":1}\n{"\n2,0,"\n{"b":1}\n"\n3,0,x\n';
    const ids = recordsIn(await read(text)).map(({ Id }) => Id);
    expect(ids).toEqual(expect.arrayContaining(["1", "3"]));
    // And a list of columns in JSON is no header.
    const answered = '{"tables":[{"columns":["ResultType","Id"],"rows":[["0","x"]]}]}';
    expect(recordsIn(await read(answered))).toEqual([{ ResultType: "0", Id: "x" }]);
  });

  test("of another kind of CSV are refused, and a single known one is chance", async () => {
    for (const text of [
      "Name,Department\na,b\n",
      "ResultType,Amount\n1,2\n",
      "Date (UTC),User\n1,2\n",
    ]) {
      expect(await refusal(text)).toMatch(
        /^logs\.json: not a sign-in log: (?:this is|its columns are) /,
      );
    }
  });

  test("alone are a log without records", async () => {
    expect(await read(csv().slice(0, csv().indexOf("\r\n")))).toEqual([]);
  });
});

describe("a download of the Entra portal", () => {
  const columns =
    "Date (UTC),Request ID,User,Username,User ID,User type,Application,Application ID ,Resource tenant ID,IP address,Location,Status,Sign-in error code,Failure reason,Browser,Operating System,Multifactor authentication result,Multifactor authentication auth method,Incoming token type,Incoming token type";
  const row =
    '2026-03-10T09:02:00Z,6513270E-269E,Alice,Alice@contoso.com,a11c,Guest,Azure Portal,C44B,00CC,203.0.113.10,"Bad Homburg, Hesse, DE",Failure,500121,"Failed, strongly",Edge,Windows 10,MFA denied; user declined the authentication,Mobile app notification,None,\n';

  test("has the columns of the table under names of its own", async () => {
    const [record] = recordsIn(await read(`${columns}\n${row}`));
    expect(readSignIn(record!)).toEqual({
      tenantId: "00cc",
      account: { tenantId: "00cc", user: "alice@contoso.com", name: "alice@contoso.com" },
      request: "6513270e-269e",
      requestAlias: null,
      requestBy: "id",
      details: "none",
      resultType: "500121",
      interactive: true,
      steps: [],
      statusText: "MFA denied; user declined the authentication",
      // The download has no column for it.
      session: null,
      createdAt: Date.parse("2026-03-10T09:02:00Z"),
      generatedAt: null,
      origin: {
        // No GUID.
        userId: null,
        userName: "alice@contoso.com",
        ipAddress: "203.0.113.10",
        location: "Bad Homburg, DE",
        application: "Azure Portal",
        appId: "c44b",
        userAgent: null,
        device: "Windows 10, Edge",
        guest: true,
      },
    });
  });

  test.each([
    ["Berlin, Berlin, DE", "Berlin, DE"],
    ["DE", "DE"],
    ["Berlin, DE", "Berlin, DE"],
    ["Washington, D.C., District of Columbia, US", "Washington, D.C., US"],
    ["", null],
  ])("tells the place from %j", async (location, expected) => {
    const [record] = recordsIn(
      await read(
        `Request ID,Username,Location,Sign-in error code\n1,a@contoso.com,${quote(location)},50126\n`,
      ),
    );
    expect(readSignIn(record!).origin.location).toBe(expected);
  });

  test("says success without a code", async () => {
    const read1 = async (status: string, code: string) => {
      const text = `Request ID,Username,Status,Sign-in error code\n1,a@contoso.com,${status},${code}\n`;
      return readSignIn(recordsIn(await read(text))[0]!).resultType;
    };
    expect(await read1("Success", "")).toBe("0");
    expect(await read1("Success", "0")).toBe("0");
    expect(await read1("Failure", "")).toBe("");
    expect(await read1("Failure", "500121")).toBe("500121");
  });

  test("with authentication details has a step a row", async () => {
    const text =
      "Date (UTC),Request ID,Username,Authentication method,Succeeded,Result detail\n" +
      "2026-03-10T09:02:00Z,1,a@contoso.com,Mobile app notification,false,MFA denied; user declined the authentication\n";
    const [record] = recordsIn(await read(text));
    expect(readSignIn(record!).steps).toEqual([
      {
        text: "MFA denied; user declined the authentication",
        method: "mobile app notification",
        succeeded: false,
        askedAt: null,
        answeredAt: null,
        stepAt: Date.parse("2026-03-10T09:02:00Z"),
      },
    ]);
  });

  test.each([
    ["InteractiveSignIns_2026-03-10_2026-03-11.csv", true],
    ["NonInteractiveSignIns_2026-03-10_2026-03-11.csv", false],
    ["a/b/noninteractivesignins.csv", false],
    ["noninteractive/InteractiveSignIns.csv", true],
    ["logs.csv", true],
  ])("distinguishes interactive sign-ins only by its name: %s", async (source, interactive) => {
    const entries = await read(`${columns}\n${row}`, undefined, { source });
    expect(recordsIn(entries).map((record) => readSignIn(record).interactive)).toEqual([
      interactive,
    ]);
    // The table says so itself.
    const table = await read("UserPrincipalName,ResultType\na,0\n", undefined, { source });
    expect(readSignIn(recordsIn(table)[0]!).interactive).toBe(true);
  });
});

describe("dates", () => {
  const dated = (...dates: readonly string[]) =>
    `UserPrincipalName,ResultType,TimeGenerated [UTC]\n${dates.map((date) => `a,0,${quote(date)}\n`).join("")}`;
  const times = async (text: string, order?: "dmy" | "mdy") =>
    recordsIn(await read(text, undefined, order && { dateOrder: order })).map((record) =>
      new Date(readSignIn(record).generatedAt ?? NaN).toISOString(),
    );

  test("that can be read in two ways need the option, by name of the file and of the option", async () => {
    const text = dated("3/25/2026, 9:02:00.123 AM", "3/10/2026, 9:02:00.123 AM");
    expect(await refusal(text, { source: "query.csv" })).toBe(
      "query.csv: the date on line 3 can be read day first or month first; say which with --date-order dmy or --date-order mdy",
    );
    expect(await times(text, "mdy")).toEqual([
      "2026-03-25T09:02:00.123Z",
      "2026-03-10T09:02:00.123Z",
    ]);
  });

  test("are not read by what other rows of the file suggest", async () => {
    const text = dated(...Array.from({ length: 500 }, () => "25/3/2026 09:02"), "3/10/2026 09:02");
    expect(await refusal(text)).toContain("--date-order");
  });

  test("that contradict the option are bad records, and the rest is read", async () => {
    const text = dated("3/10/2026 9:02 AM", "25/3/2026 9:02 AM", "3/11/2026 9:02 AM");
    expect(await outcome(text, "mdy")).toEqual({
      users: ["a", "a"],
      problems: ["3: a date does not fit --date-order mdy"],
    });
  });

  test("that read one way need no option", async () => {
    expect(await times(dated("10.03.2026 09:02:00", "2026-03-10T09:02:00.1230000Z"))).toEqual([
      "2026-03-10T09:02:00.000Z",
      "2026-03-10T09:02:00.123Z",
    ]);
  });

  test("in a zone by its name are refused, one with its offset or an offset of their own are read", async () => {
    const text = dated("10.03.2026 09:02").replace("[UTC]", "[Local Time]");
    expect(await refusal(text)).toBe(
      'logs.json: the times under "TimeGenerated [Local Time]" are in Local Time, whose offset the file does not give; show times in UTC and download again',
    );
    expect(await times(dated("10.03.2026 09:02").replace("[UTC]", "[UTC+01:00]"))).toEqual([
      "2026-03-10T08:02:00.000Z",
    ]);
    expect(await times(dated("2026-03-10T09:02Z").replace("[UTC]", "[Local Time]"))).toEqual([
      "2026-03-10T09:02:00.000Z",
    ]);
  });

  test("that are none stay what they are, for detection to say so", async () => {
    expect(recordsIn(await read(dated("soon")))).toMatchObject([{ TimeGenerated: "soon" }]);
  });
});

describe("a bad row", () => {
  const lines = (...middle: readonly (string | Buffer)[]) =>
    Buffer.concat(
      ["UserPrincipalName,ResultType\na,0\n", ...middle, "\nb,0\nc,0\n"].map((part) =>
        Buffer.from(part),
      ),
    );

  test.each([
    ["with too few values", "x", "row has 1 values for 2 columns"],
    ["with too many values", "x,0,1", "row has 3 values for 2 columns"],
    ["with text behind a quote", '"x"y,0', "a quote is out of place or never closed"],
    ["with a quote inside", 'x"y,0', "a quote is out of place or never closed"],
    ["with a quote that is never closed", '"x,0', "a quote is out of place or never closed"],
    ["with invalid UTF-8", Buffer.from([0x78, 0xff, 0x2c, 0x30]), "invalid UTF-8"],
  ])("%s is reported with its line, and the rest is read", async (_, bad, reason) => {
    expect(await outcome(lines(bad))).toEqual({
      users: ["a", "b", "c"],
      problems: [`3: ${reason}`],
    });
    expect((await outcome(lines("\n\n", bad))).problems).toEqual([`5: ${reason}`]);
    expect(await outcome(lines(bad).subarray(0, -5))).toMatchObject({
      problems: [`3: ${reason}`],
    });
  });

  test("whose quote is never closed costs no row that is sound, quotes or not", async () => {
    const tail = Array.from({ length: 1000 }, (_, id) => `u${id},"0"\n`).join("");
    const { users, problems } = await outcome(lines('"x,0', `\n${tail}`, '"y,0'));
    expect(users).toHaveLength(1003);
    expect(problems).toHaveLength(2);
  });

  test("that swallowed others by quotes that happen to fit gives them back", async () => {
    const { users, problems } = await outcome(lines('x,"0,1\n', "y,0\n", 'z",0,1'));
    expect(users).toEqual(["a", "y", "b", "c"]);
    expect(problems.map((problem) => problem.split(":")[0])).toEqual(["3", "5"]);
  });

  test("counts lines within cells", async () => {
    const entries = await read('UserPrincipalName,ResultType\n"a\r\nb\n\nc",0\n\nx\n');
    expect(entries.map(({ place }) => place.line)).toEqual([2, 7]);
  });

  test("says nothing of what is in it", async () => {
    const { problems } = await outcome(lines('"alice@contoso.com"secret,0'));
    expect(problems.join()).not.toMatch(/alice|secret/);
  });

  test("is not made of a replacement character that is really there", async () => {
    expect((await outcome(lines("\uFFFD,0"))).problems).toEqual([]);
  });
});

describe("size", () => {
  const text = (size: number) =>
    Buffer.concat([
      Buffer.from('UserPrincipalName,ResultType\na,0\n"'),
      Buffer.alloc(size * 1024 * 1024, "x"),
      Buffer.from('",0\nb,0\n'),
    ]);

  test("a cell of 50 MB is read", async () => {
    const { users, problems } = await outcome(text(50));
    expect(users.map((user) => String(user).length)).toEqual([1, 50 * 1024 * 1024, 1]);
    expect(problems).toEqual([]);
  });

  test("a cell of more than 64 MB is reported and passed over", async () => {
    expect(await outcome(text(65))).toEqual({
      users: ["a", "b"],
      problems: ["3: record larger than 64 MB"],
    });
  });

  test("a row of millions of delimiters is one problem", async () => {
    const commas = Buffer.alloc(60 * 1024 * 1024, ",");
    for (const before of [
      "UserPrincipalName,ResultType\na,0\n",
      'UserPrincipalName,ResultType\na,0\n"x\n',
    ]) {
      expect(
        await outcome(Buffer.concat([Buffer.from(before), commas, Buffer.from("\nb,0\n")])),
      ).toMatchObject({ users: ["a", "b"] });
    }
    expect(
      (await outcome(Buffer.concat([Buffer.from("UserPrincipalName,ResultType,"), commas]))).users,
    ).toEqual([]);
  });

  test("many quotes out of place cost no more time than their rows", async () => {
    const bad = Buffer.from(`UserPrincipalName,ResultType\n${'"x\n""\n'.repeat(20_000)}`);
    const { problems } = await outcome(bad);
    expect(problems.length).toBeGreaterThan(19_000);
  });
});

describe("whatever is in the cells", () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary" }).filter((text) => Buffer.from(text).toString() === text),
    fc.stringMatching(/^[",;\t\r\n a"{}[\]é]*$/),
  );
  // A name that is a word about time would be read as one; a blank row is none.
  const row = fc
    .tuple(fc.stringMatching(/^[a-z]{1,5}$/), cell, cell)
    .map(([user, ...others]) => [user, ...others]);

  test.each([",", ";", "\t"])("comes back identical, delimited by %j", async (delimiter) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 6 }),
        fc.constantFrom("\n", "\r\n"),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        async (rows, end, sizes) => {
          const lines = [["UserPrincipalName", "ResultType", "Text"], ...rows];
          const content = lines.map((each) => each.map(quote).join(delimiter) + end).join("");
          const found: (readonly string[])[] = [];
          const cutter = new CsvRecords(
            {
              header: ({ length }) => length,
              record: (values) => found.push(values),
              bad: (reason) => expect.unreachable(reason),
            },
            delimiter,
          );
          for (const part of cut(Buffer.from(content), sizes)) {
            cutter.push(part);
          }
          cutter.end();
          expect(found).toEqual(rows);
        },
      ),
      { numRuns: cases(300) },
    );
  });

  test("no bytes behind a header end the reading in any way but by bad records, however they are cut", async () => {
    const scraps = fc.constantFrom(
      '"',
      '""',
      ",",
      "\n",
      "\r\n",
      "a",
      "\xFF",
      '","',
      "\n\n",
      " ",
      "\0",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(scraps, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(""), "latin1")),
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        ),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
        async (tail, sizes) => {
          const bytes = Buffer.concat([Buffer.from("UserPrincipalName,ResultType\n"), tail]);
          expect(await readCut(cut(bytes, sizes))).toEqual(await readCut([bytes]));
        },
      ),
      { numRuns: cases(1_500) },
    );
  });
});

function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (let turn = 0; from < bytes.length; turn++) {
    const to = from + (sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(from, to);
    from = to;
  }
}
