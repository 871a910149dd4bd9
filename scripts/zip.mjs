// Creates a zip file. Equal files give equal bytes, at any time and on any machine.
import { crc32, deflateRawSync } from "node:zlib";

/**
 * @param {readonly { readonly name: string, readonly content: Buffer }[]} files
 * @returns {Buffer}
 */
export function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, content } of files) {
    const packed = deflateRawSync(content, { level: 9 });
    const path = Buffer.from(name, "utf8");
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0); // version needed to unpack it
    about.writeUInt16LE(0x0800, 2); // the name is UTF-8
    about.writeUInt16LE(8, 4); // deflate
    about.writeUInt16LE(0, 6);
    about.writeUInt16LE(0x21, 8); // 1 January 1980, the earliest date in a zip
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), about, path, packed]);
    const end = Buffer.alloc(14);
    end.writeUInt32LE((0o100644 << 16) >>> 0, 6); // an ordinary file, readable by everybody
    end.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\u0001\u0002"), Buffer.from([20, 3]), about, end, path);
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const closing = Buffer.alloc(18);
  closing.writeUInt16LE(files.length, 4);
  closing.writeUInt16LE(files.length, 6);
  closing.writeUInt32LE(list.length, 8);
  closing.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, list, Buffer.from("PK\u0005\u0006"), closing]);
}
