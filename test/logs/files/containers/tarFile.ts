/** Writes tar archives for tests. */
interface Member {
  readonly name: string;
  readonly content: string | Buffer;
  /** What the header says of its size instead of the truth. */
  readonly size?: string;
  readonly type?: string;
}

export function tar(members: readonly Member[]): Buffer {
  const parts = members.flatMap(({ name, content, size, type = "0" }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name.slice(0, 100), 0, "utf8");
    header.write("0000644\0", 100, "latin1");
    header.write(size ?? bytes.length.toString(8).padStart(11, "0"), 124, "latin1");
    header.write(type, 156, "latin1");
    header.write("ustar\u000000", 257, "latin1");
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}
